/** What the library says of broken YAML, in words of our own, so that they exist in every language. Pure. See https://yaml.org/spec/1.1/. */
import type { ErrorCode } from 'yaml';
import { type ConfigFaultCode, configFault } from '../../api/config-fault.ts';

interface Rule {
  readonly code: ErrorCode;
  /** Where the code alone does not tell. Its groups are the facts of the fault. */
  readonly says?: RegExp;
  readonly fault: ConfigFaultCode;
}

/** Of several that fit, the first. What none fits is told as the library says it. */
const RULES: readonly Rule[] = [
  { code: 'MULTILINE_IMPLICIT_KEY', fault: 'yaml-key-line' },
  { code: 'KEY_OVER_1024_CHARS', fault: 'yaml-key-line' },
  { code: 'MISSING_CHAR', says: /followed by map values$/, fault: 'yaml-key-line' },
  { code: 'MISSING_CHAR', says: /^Missing closing (?<character>['"])quote$/, fault: 'yaml-open' },
  { code: 'MISSING_CHAR', says: /^Sequence item without -/, fault: 'yaml-dash' },
  { code: 'MISSING_CHAR', says: /^Comments must be separated/, fault: 'yaml-comment' },
  { code: 'MISSING_CHAR', says: /^Missing (?:space after :|, or :|,) (?:between|in) /, fault: 'yaml-comma' },
  { code: 'MISSING_CHAR', says: /end with a (?<character>[\]}])$/, fault: 'yaml-open' },
  { code: 'BAD_INDENT', says: /end with a (?<character>[\]}])$/, fault: 'yaml-open' },
  { code: 'BAD_INDENT', fault: 'yaml-indent' },
  { code: 'BLOCK_AS_IMPLICIT_KEY', says: /^Nested mappings/, fault: 'yaml-colon' },
  { code: 'BLOCK_AS_IMPLICIT_KEY', fault: 'yaml-indent' },
  { code: 'TAB_AS_INDENT', fault: 'yaml-tabs' },
  { code: 'BAD_DQ_ESCAPE', says: /^Invalid escape sequence (?<text>\\.{0,9})$/s, fault: 'yaml-escape' },
  { code: 'BAD_SCALAR_START', says: /character (?<character>\S)$/, fault: 'yaml-start' },
  { code: 'BLOCK_IN_FLOW', fault: 'yaml-lines-inside' },
  { code: 'MULTIPLE_ANCHORS', fault: 'yaml-anchors' },
  { code: 'MULTIPLE_TAGS', fault: 'yaml-anchors' },
  { code: 'BAD_DIRECTIVE', fault: 'yaml-directive' },
  { code: 'UNEXPECTED_TOKEN', says: /^Unexpected block-seq-ind on same line with key$/, fault: 'yaml-list-line' },
  { code: 'UNEXPECTED_TOKEN', says: / at node end$/, fault: 'yaml-more' },
  { code: 'UNEXPECTED_TOKEN', says: /^Unexpected (?:,|empty item) in /, fault: 'yaml-commas' },
  { code: 'UNEXPECTED_TOKEN', says: /^Unexpected (?:(?:single|double)-quoted-)?scalar token$/, fault: 'yaml-comma' },
  { code: 'UNEXPECTED_TOKEN', says: /: "(?<character>[\]}])"$/, fault: 'yaml-closes' },
];

/** An error of the syntax, in the words of {@link configFault}. */
export function syntaxFault(code: ErrorCode, message: string): string {
  for (const rule of RULES) {
    if (rule.code !== code) continue;
    const found = rule.says?.exec(message);
    if (found === null) continue;
    return configFault('yaml-invalid', { message: configFault(rule.fault, { ...found?.groups }) });
  }
  return configFault('yaml-invalid', { message });
}
