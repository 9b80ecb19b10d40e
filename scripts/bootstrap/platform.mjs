import { join } from 'node:path';

const NODE_MAJOR_MIN = 18;

/** Processors for which package-lock.json pins a Node. */
const ARCHITECTURES = ['x64', 'arm64'];

/**
 * Why this machine cannot be used, or null.
 *
 * @param {string} platform @param {string} arch @param {string} nodeVersion
 */
export function platformProblem(platform, arch, nodeVersion) {
  if (platform !== 'linux') return `Snapferry is developed on Linux; this is ${platform}.`;
  if (!ARCHITECTURES.includes(arch))
    return `There is no pinned Node for ${arch}, only for ${ARCHITECTURES.join(', ')}.`;
  const major = Number.parseInt(nodeVersion, 10);
  if (!(major >= NODE_MAJOR_MIN)) return `Node ${NODE_MAJOR_MIN} or newer is needed to set up; this is ${nodeVersion}.`;
  return null;
}

/**
 * The pinned Node, once the npm packages are there.
 *
 * @param {string} root
 */
export const pinnedNode = (root) =>
  join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
