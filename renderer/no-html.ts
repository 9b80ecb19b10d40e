/**
 * The policy of the page takes no text as HTML. A library of ours empties what it has told screen readers by setting the HTML of
 * that element to nothing, and the page would be gone with it: so nothing, and only nothing, is taken.
 */
interface PolicyFactory {
  createPolicy(name: string, rules: { readonly createHTML: (text: string) => string }): unknown;
}

const { trustedTypes } = globalThis as { readonly trustedTypes?: PolicyFactory };

trustedTypes?.createPolicy('default', {
  createHTML: (text) => {
    if (text === '') return text;
    throw new TypeError('no text is taken as HTML');
  },
});
