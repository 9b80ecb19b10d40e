import { Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import { Label, TextArea, TextField } from 'react-aria-components';
import { goTo, useLive, useTexts } from '../../app-state.ts';
import { type ConfigDraft, changeOf, isFaulty, NO_DRAFT } from '../../model/config-draft.ts';
import { awaitsAgreement } from '../../model/prefix-change.ts';
import { Button } from '../../ui/button.tsx';
import { Name } from '../../ui/name.tsx';
import { problemSentences } from '../../ui/problem-text.ts';
import { JobForm } from './job-form.tsx';
import { Meaning } from './meaning.tsx';
import { type ConfigFile, type ConfigFileState, type ConfigPreview, useLook, useSave } from './use-config.ts';

/** The configuration: its jobs as forms, the file beside them, and what a change would mean before it is made. */
export function ConfigSection({ file, problem, load }: ConfigFileState) {
  const { t, language } = useTexts();
  return (
    <section className="card config" aria-labelledby="config-title">
      <div className="section-head">
        <h2 id="config-title">{t('config.title')}</h2>
        <Button onPress={() => goTo({ page: 'setup', step: 'look' })}>
          <Plus size={14} aria-hidden="true" />
          {t('overview.another')}
        </Button>
      </div>
      {problem === null ? null : (
        <p className="bad">{problemSentences(problem.code, problem.facts, language).happened}</p>
      )}
      {file === null ? null : <Editor file={file} key={file.digest ?? ''} onSaved={load} />}
    </section>
  );
}

function Editor({ file, onSaved }: { readonly file: ConfigFile; readonly onSaved: () => void }) {
  const { t, language } = useTexts();
  const live = useLive();
  const save = useSave();
  const [draft, setDraft] = useState<ConfigDraft>(NO_DRAFT);
  const [saving, setSaving] = useState(false);
  const text = file.text ?? '';
  const faulty = isFaulty(draft);
  const unread = awaitsAgreement(draft, file.jobs);
  const change = changeOf(draft, text, file.jobs);
  const looked = useLook(faulty ? null : change, file.digest);
  const preview = looked?.preview ?? null;
  // While somebody types, forms go on showing what was said last, so that nothing comes and goes with every key.
  const last = useRef<ConfigPreview | null>(null);
  last.current = change === null ? null : (preview ?? last.current);
  const shown = draft.kind === 'text' ? draft.text : (preview?.text ?? text);
  const put = async (): Promise<void> => {
    if (file.digest === null || change === null) return;
    setSaving(true);
    const saved = await save(file.digest, change);
    setSaving(false);
    if (saved) onSaved();
  };
  return (
    <>
      <p className="muted">
        <Name text={file.file} className="path" />
      </p>
      <div className="config-columns">
        <div className="config-forms">
          {file.digest === null ? <p className="bad">{t('config.unreadable')}</p> : null}
          {file.digest !== null && file.jobs.length === 0 ? <p className="muted">{t('config.noJobs')}</p> : null}
          {file.jobs.map((job) => (
            <JobForm key={job.name} job={job} draft={draft} onDraft={setDraft} preview={last.current} />
          ))}
          <p className="muted">{t('config.more')}</p>
        </div>
        <TextField
          className="config-text"
          value={shown}
          onChange={(value) => setDraft({ kind: 'text', text: value })}
          isReadOnly={file.masked || file.text === null}
        >
          <Label className="field-label">{t('config.text')}</Label>
          <TextArea dir="ltr" spellCheck={false} rows={22} />
          {file.masked ? <p className="muted">{t('config.masked')}</p> : null}
        </TextField>
      </div>
      <Meaning problems={preview?.problems ?? file.problems} preview={preview} />
      {looked?.problem == null ? null : (
        <p className="bad">{problemSentences(looked.problem.code, looked.problem.facts, language).happened}</p>
      )}
      <div className="config-actions">
        <Button
          kind="main"
          onPress={() => void put()}
          isDisabled={!live || saving || unread || change === null || preview?.valid !== true}
        >
          {t('config.save')}
        </Button>
        <Button onPress={() => setDraft(NO_DRAFT)} isDisabled={change === null || saving}>
          {t('config.discard')}
        </Button>
        <span className="muted" role="status">
          {t(stateText(change !== null, faulty, unread, looked !== null))}
        </span>
      </div>
    </>
  );
}

function stateText(changed: boolean, faulty: boolean, unread: boolean, looked: boolean) {
  if (!changed) return 'config.unchanged';
  if (faulty) return 'forms.fix';
  if (unread) return 'forms.prefix.unread';
  return looked ? 'config.administrator' : 'config.looking';
}
