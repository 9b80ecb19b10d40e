import { useEffect, useMemo, useState } from 'react';
import { TextArea, TextField } from 'react-aria-components';
import type { ConfigChange } from '../../../core/api/config.ts';
import type { DaemonStatus } from '../../../core/api/status.ts';
import { useLive, useTexts } from '../../app-state.ts';
import { addedText } from '../../model/setup/added-text.ts';
import { firstSendOf, spaceOf } from '../../model/setup/first-look.ts';
import { plannedOf } from '../../model/setup/planned.ts';
import { changeDraft, useChosen, useSetup } from '../../setup-state.ts';
import { Button } from '../../ui/button.tsx';
import { Name } from '../../ui/name.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { Meaning } from '../config/meaning.tsx';
import { useConfigFile, useLook, useSave } from '../config/use-config.ts';
import { Foot } from './foot.tsx';
import { PlanCommands } from './plan-commands.tsx';
import { PlanFacts } from './plan-facts.tsx';
import { TooSmall } from './plan-space.tsx';
import { useFirstLook } from './use-first-look.ts';
import { useLinkRate } from './use-link-rate.ts';

interface PlanStepProps {
  readonly status: DaemonStatus;
  /** Saved, under these names. */
  readonly onSaved: (jobs: readonly string[]) => void;
}

/** Everything that is going to be written and done, before any of it is. */
export function PlanStep({ status, onSaved }: PlanStepProps) {
  const { t } = useTexts();
  const live = useLive();
  const save = useSave();
  const draft = useSetup((state) => state.draft);
  const { roots, ticked, datasets, total } = useChosen();
  const { file, problem } = useConfigFile();
  const [saving, setSaving] = useState<readonly string[] | null>(null);
  const jobs = status.jobs.map(({ name }) => name);
  const taken = jobs.join('\n');
  const planned = useMemo(
    () => plannedOf(draft, roots, ticked, taken === '' ? [] : taken.split('\n')),
    [draft, roots, ticked, taken],
  );
  const change: ConfigChange | null =
    planned.edits.length === 0 || planned.faults.length > 0 ? null : { kind: 'edits', edits: [...planned.edits] };
  const looked = useLook(change, file?.digest ?? null);
  const look = useFirstLook();
  const isDrive = draft.place === 'drive';
  const rate = useLinkRate(isDrive ? null : draft.nas.host, status);
  const [despite, setDespite] = useState(false);
  const send = look.reply === null ? null : firstSendOf(look.reply, total.datasets);
  const space = look.reply === null ? null : spaceOf(look.reply, send?.bytes ?? null);
  const tooSmall = space?.state === 'too-small';
  // Whether there is room is to be known before anything is sent; where it cannot be, that is told.
  const waits = look.reply === null && look.problem === null ? 'measuring' : tooSmall && !despite ? 'tooSmall' : null;
  // Without a file that is read there is none that could be changed.
  const unreadable = file !== null && file.digest === null;
  const preview = looked?.preview ?? null;
  // However it came about, perhaps while the connection was away: the jobs are there, so they were saved.
  const arrived = saving?.every((name) => jobs.includes(name)) === true;
  useEffect(() => {
    if (arrived && saving !== null) onSaved(saving);
  }, [arrived, saving, onSaved]);
  const put = async (): Promise<void> => {
    if (file?.digest == null || change === null) return;
    setSaving(planned.names);
    if (await save(file.digest, change)) onSaved(planned.names);
    else if (!arrived) setSaving(null);
  };
  const nameFault = planned.faults.includes('name-taken') || !planned.nameFits ? t('setup.plan.nameFault') : null;
  return (
    <>
      <PlanFacts
        draft={draft}
        planned={planned}
        datasets={datasets}
        total={total}
        send={send}
        looking={look.asking}
        rate={rate}
        space={space}
      />
      {look.problem === null ? null : (
        <>
          <ProblemBox problem={look.problem} />
          <div className="setup-tools">
            <Button onPress={look.again}>{t('setup.plan.lookAgain')}</Button>
          </div>
        </>
      )}
      {tooSmall && space?.availableBytes != null && send?.bytes != null ? (
        <TooSmall
          sentBytes={send.bytes}
          availableBytes={space.availableBytes}
          place={isDrive ? draft.drive.rootFs : `${draft.nas.host}:${draft.nas.rootFs}`}
          asking={look.asking}
          onAgain={look.again}
          despite={despite}
          onDespite={setDespite}
        />
      ) : null}
      <section className="card">
        <h2>{t('setup.plan.yaml')}</h2>
        <TextInput
          label={t('setup.plan.name')}
          hint={t('setup.plan.nameHint')}
          value={draft.name === '' ? planned.name : draft.name}
          maxLength={50}
          onChange={(name) => changeDraft({ name: name.trim() })}
          fault={saving === null ? nameFault : null}
        />
        <p className="muted">
          {t('setup.plan.yamlText')} <Name text={status.configFile} className="path" />
        </p>
        <TextField
          className="config-text"
          aria-label={t('setup.plan.yaml')}
          value={preview === null || file?.text == null ? '' : addedText(file.text, preview.text)}
          isReadOnly
        >
          <TextArea dir="ltr" spellCheck={false} rows={16} />
        </TextField>
        {saving === null
          ? planned.faults
              .filter((fault) => fault !== 'name-taken')
              .map((fault) => (
                <p className="bad" key={fault}>
                  {t(`setup.fault.${fault}`)}
                </p>
              ))
          : null}
        {unreadable ? <p className="bad">{t('config.unreadable')}</p> : null}
        <Meaning problems={unreadable ? (file?.problems ?? []) : (preview?.problems ?? [])} preview={preview} />
      </section>
      {look.reply?.firstRuns === undefined || look.reply.firstRuns.length === 0 ? null : (
        <PlanCommands runs={look.reply.firstRuns} isDrive={isDrive} />
      )}
      {problem === null ? null : <ProblemBox problem={problem} />}
      {looked?.problem == null ? null : <ProblemBox problem={looked.problem} />}
      <Foot step="plan" lacks={null}>
        <Button
          kind="main"
          onPress={() => void put()}
          isDisabled={!live || saving !== null || preview?.valid !== true || waits !== null}
        >
          {t('setup.plan.save')}
        </Button>
        <span className="muted" role="status">
          {t(`setup.plan.${saving === null ? (waits ?? 'administrator') : 'saving'}`)}
        </span>
      </Foot>
    </>
  );
}
