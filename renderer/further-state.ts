/** The further drive that is being added to a job. It survives a reload and a crash: every change is stored. */
import { create } from 'zustand';
import type { Kept } from '../core/api/shell-desk.ts';
import { type FurtherDrive, furtherFor, parseFurther } from './model/further-drive.ts';
import type { DriveDraft } from './model/setup/drive.ts';
import { store, stored } from './stored.ts';

/** Never anything secret: a passphrase is not part of it. */
const FURTHER_KEY = 'further-drive';

export const useFurther = create<{ readonly kept: FurtherDrive | null }>()(() => ({
  kept: parseFurther(stored(FURTHER_KEY)),
}));

export function changeFurther(job: string, change: Partial<DriveDraft>): void {
  const drive = { ...furtherFor(useFurther.getState().kept, job), ...change };
  store(FURTHER_KEY, JSON.stringify({ job, drive }));
  useFurther.setState({ kept: { job, drive } });
}

/** It was added, or is not wanted. */
export function forgetFurther(): void {
  store(FURTHER_KEY, null);
  useFurther.setState({ kept: null });
}

/** What an earlier window had begun, and was stored here just now. */
export function applyFurther(news: Kept): void {
  if (news['further-drive'] !== undefined) useFurther.setState({ kept: parseFurther(stored(FURTHER_KEY)) });
}
