/** The parts of zfs usage texts that tell what an installation can do. */
import type { UsageTexts } from '../../../../core/zfs/parse-capabilities.ts';

export const USAGE: UsageTexts = {
  send: 'missing snapshot argument\nusage:\n\tsend [-nvPe] -t <receive_resume_token>\n',
  receive: 'missing snapshot argument\nusage:\n\treceive -A <filesystem|volume>\n',
  destroy: 'missing dataset argument\nusage:\n\tdestroy [-dnpRrv] <filesystem|volume>@<snap>[%<snap>][,...]\n',
  loadKey: 'missing dataset argument(s)\nusage:\n\tload-key [-rn] [-L <keylocation>] <-a | filesystem|volume>\n',
};
