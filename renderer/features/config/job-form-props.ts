import type { ConfigJob } from '../../../core/api/config.ts';
import type { ConfigDraft } from '../../model/config-draft.ts';
import type { ConfigPreview } from './use-config.ts';

/** What every part of the form of a job is given. */
export interface JobFormProps {
  readonly job: ConfigJob;
  readonly draft: ConfigDraft;
  readonly onDraft: (draft: ConfigDraft) => void;
  /** What the daemon said last of the changes; null where nothing is changed. */
  readonly preview: ConfigPreview | null;
}
