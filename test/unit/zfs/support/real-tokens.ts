/** Tokens of real interrupted receives, and what they say. */
interface RealToken {
  readonly text: string;
  readonly fromGuid: bigint | null;
  readonly object: bigint;
  readonly offset: bigint;
  readonly bytes: bigint;
  readonly toGuid: bigint;
  readonly toName: string;
  readonly compressedAndRaw: boolean;
}

export const REAL_TOKENS: Readonly<Record<string, RealToken>> = {
  full: {
    text: '1-b338b54f3-c0-789c636064000310a500c4ec50360710e72765a52697303030419460caa7a515a796806474e0f26c48f2499525a9c540ba42430fabfe92fcf4d2cc140686c88a76d578ae45530c90e439c1f27989b9a90c0c5545a905390539892569f945b940234bf48b8b921d12c1660200c61a1aba',
    fromGuid: null,
    object: 0x2n,
    offset: 0x2c0000n,
    bytes: 0x2e2878n,
    toGuid: 0x94a20a5f25877859n,
    toName: 'zreplplatformtest/src@a',
    compressedAndRaw: false,
  },
  full_raw: {
    text: '1-e3f40c323-f8-789c636064000310a500c4ec50360710e72765a52697303030419460caa7a515a796806474e0f26c48f2499525a9c540da454f0fabfe92fcf4d2cc140686c88a76d578ae45530c90e439c1f27989b9a90c0c5545a905390539892569f945b940234bf48b8b921d12c1e6713320dc9f9c9f5b50945a5c9c9f0d119380ba07265f94580e936200004ff12141',
    fromGuid: null,
    object: 0x2n,
    offset: 0x2c0000n,
    bytes: 0x2e2e44n,
    toGuid: 0x94a20a5f25877859n,
    toName: 'zreplplatformtest/src@a',
    compressedAndRaw: true,
  },
  inc: {
    text: '1-eadabb296-e8-789c636064000310a501c49c50360710a715e5e7a69766a63040416445bb6a3cd7a2290a40363b92bafca4acd4e412060626a83a0cf9b4b4e2d412908c0e5c9e0d493ea9b224b518483ba8ea61d55f920f714515bf9b3fc3c396ef0648f29c60f9bcc4dc54a07c516a414e414e62495a7e512ed0c812fde2a2648724b09900d43e2191',
    fromGuid: 0x94a20a5f25877859n,
    object: 0x2n,
    offset: 0x2c0000n,
    bytes: 0x2e2540n,
    toGuid: 0xf784e1004f460f7an,
    toName: 'zreplplatformtest/src@b',
    compressedAndRaw: false,
  },
  inc_raw: {
    text: '1-1164f8d409-120-789c636064000310a501c49c50360710a715e5e7a69766a63040416445bb6a3cd7a2290a40363b92bafca4acd4e412060626a83a0cf9b4b4e2d412908c0e5c9e0d493ea9b224b51848f368eb61d55f920f714515bf9b3fc3c396ef0648f29c60f9bcc4dc54a07c516a414e414e62495a7e512ed0c812fde2a2648724b079dc0c087f26e7e71614a51617e76743c424a0ee81c9172596c3a41800dd2c2818',
    fromGuid: 0x94a20a5f25877859n,
    object: 0x2n,
    offset: 0x2c0000n,
    bytes: 0x2e2b0cn,
    toGuid: 0xf784e1004f460f7an,
    toName: 'zreplplatformtest/src@b',
    compressedAndRaw: true,
  },
  z_full: {
    text: '1-9baebea70-b8-789c636064000310a500c4ec50360710e72765a52697303030419460caa7a515a79680647ce0f26c48f2499525a9c5405ac3c90fabfe92fcf4d2cc140686b30972c7850efd0cd24092e704cbe725e6a632305415e5e797e803cd2ad14f743084b805001b201795',
    fromGuid: null,
    object: 0x2n,
    offset: 0x4c0000n,
    bytes: 0x4e4228n,
    toGuid: 0x52f9c212c71e60cdn,
    toName: 'zroot/test/a@1',
    compressedAndRaw: false,
  },
  z_inc: {
    text: '1-ef01e717e-e0-789c636064000310a501c49c50360710a715e5e7a69766a63040c1d904b9e342877e062900d9ec48eaf293b252934b181898a0ea30e4d3d28a534b40323e70793624f9a4ca92d46220fdc1ce0fabfe927c882bc46c8a0a9f71ad3baf8124cf0996cf4bcc4d6560a82acacf2fd1079a55a29fe86004710b00d8ae1f93',
    fromGuid: 0x52f9c212c71e60cdn,
    object: 0x2n,
    offset: 0x4c0000n,
    bytes: 0x4e3ef0n,
    toGuid: 0xcfae0ae671723c16n,
    toName: 'zroot/test/a@2',
    compressedAndRaw: false,
  },
  p_full: {
    text: '1-bf31b879a-b8-789c636064000310a500c4ec50360710e72765a5269740f80cd8e4d3d28a534b18e00024cf86249f5459925acc802a8facbf243fbd3433858161f5ddb9ab1ae7c7466a20c97382e5f312735319180af2f3730cf58166953824c2cc0200cde81651',
    fromGuid: null,
    object: 0x1n,
    offset: 0x0n,
    bytes: 0x0n,
    toGuid: 0x595d9f81aa9dddabn,
    toName: 'pool1/test@a',
    compressedAndRaw: false,
  },
  p_inc: {
    text: '1-c49b979a2-e0-789c636064000310a501c49c50360710a715e5e7a69766a63040c1eabb735735ce8f8d5400b2d991d4e52765a5269740f82080219f96569c5ac2000720793624f9a4ca92d46206547964fd25f91057f09e37babb88c9bf5503499e132c9f97989bcac050909f9f63a80f34abc421096616007c881d4c',
    fromGuid: 0x595d9f81aa9dddabn,
    object: 0x1n,
    offset: 0x0n,
    bytes: 0x0n,
    toGuid: 0x854f02a2dd32cf0dn,
    toName: 'pool1/test@b',
    compressedAndRaw: false,
  },
};
