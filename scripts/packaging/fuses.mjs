import { FuseV1Options, FuseVersion } from '@electron/fuses';

/**
 * Every fuse of Electron, spelled out: a new one that nobody has thought about is an error of the types and of the tool.
 *
 * @type {import('@electron/fuses').FuseConfig & { strictlyRequireAllFuses: true }}
 */
export const FUSES = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  // The service has a Node of its own. This one would run anybody's script under our name, and our AppArmor profile.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  // Linux has no check of the archive: what keeps it whole there is that its folder is root's.
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  // There is no snapshot of ours to load.
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // The window comes from a scheme of its own.
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // How WebAssembly is bounded in memory; Electron's own way, and no page of ours has any.
  [FuseV1Options.WasmTrapHandlers]: true,
};
