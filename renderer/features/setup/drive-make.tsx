import { HardDrive } from 'lucide-react';
import { Form, Radio, RadioGroup } from 'react-aria-components';
import type { Disk, DiskContent } from '../../../core/api/disk.ts';
import { confirmationText, isConfirmed, soldSize } from '../../../core/api/drive-making.ts';
import { visible } from '../../../core/api/visible.ts';
import { useTexts } from '../../app-state.ts';
import { type DriveDraft, madeDrive } from '../../model/setup/drive.ts';
import { chosenFor, type Making, makeParams, makingFaults } from '../../model/setup/making.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Name } from '../../ui/name.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { isEmpty } from './drive-list.tsx';
import { useConfirmed } from './use-confirmed.ts';

const MAKE_TIMEOUT_MS = 20 * 60_000;
const ENCRYPTIONS = ['none', 'passphrase', 'key-file'] as const satisfies readonly Making['encryption'][];
const PASSPHRASE_CHARS_MAX = 512;

interface MakePartProps {
  readonly drive: DriveDraft;
  readonly disks: readonly Disk[];
  readonly making: Making;
  readonly onChange: (change: Partial<Making>) => void;
  readonly onMade: (drive: DriveDraft) => void;
}

/** What is to be known of a new pool, and the proof that the right disk is meant. */
export function MakePart({ drive, disks, making, onChange, onMade }: MakePartProps) {
  const { t } = useTexts();
  const make = useConfirmed('drive/make', MAKE_TIMEOUT_MS);
  const chosen = chosenFor(making, disks);
  const params = makeParams(making, disks);
  const faults = makingFaults(making, disks);
  const [first, second] = making.ids;
  const more = disks.filter(({ id, verdict }) => verdict.kind === 'free' && id !== first);
  const busy = make.state !== 'idle';
  const isSecret = making.encryption === 'passphrase';
  const fault = (is: boolean, text: string): string | null => (is ? text : null);
  const doIt = async (): Promise<void> => {
    if (params === null || busy) return;
    const made = await make.ask(params);
    // It is not kept any longer than it is of use.
    onChange({ passphrase: '', again: '' });
    if (made === null) return;
    onMade(madeDrive(drive, made, params.encryption.kind === 'passphrase'));
  };
  return (
    <Form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void doIt();
      }}
    >
      <p>{t('setup.drive.make.explain')}</p>
      <div className="fields">
        <TextInput
          label={t('setup.drive.make.name')}
          hint={t('setup.drive.make.nameHint')}
          value={making.pool}
          maxLength={50}
          onChange={(pool) => onChange({ pool: pool.trim() })}
          fault={fault(making.pool !== '' && faults.includes('name'), t('setup.drive.make.nameFault'))}
        />
        {more.length === 0 ? null : (
          <Choice
            label={t('setup.drive.make.second')}
            value={second ?? ''}
            options={[
              { value: '', text: t('setup.drive.make.noSecond') },
              ...more.map(({ id, model, serial, sizeBytes }) => ({
                value: id,
                name: `${model} ${serial} ${soldSize(sizeBytes)}`,
              })),
            ]}
            onChange={(id) => {
              if (first !== undefined) onChange({ ids: id === '' ? [first] : [first, id] });
            }}
          />
        )}
      </div>
      <RadioGroup
        className="places"
        aria-label={t('setup.drive.make.encryption')}
        value={making.encryption}
        onChange={(value) => {
          const encryption = ENCRYPTIONS.find((one) => one === value);
          if (encryption !== undefined) onChange({ encryption, passphrase: '', again: '' });
        }}
      >
        {ENCRYPTIONS.map((one) => (
          <Radio className="place" value={one} key={one}>
            <span className="radio-dot" aria-hidden="true" />
            <span>
              <span className="strong">{t(`setup.drive.make.encryptions.${one}`)}</span>
              <span className="sub">{t(`setup.drive.make.encryptionTexts.${one}`)}</span>
            </span>
          </Radio>
        ))}
      </RadioGroup>
      {isSecret ? (
        <div className="fields">
          <TextInput
            label={t('setup.drive.make.passphrase')}
            hint={t('setup.drive.make.passphraseHint')}
            type="password"
            value={making.passphrase}
            maxLength={PASSPHRASE_CHARS_MAX}
            onChange={(passphrase) => onChange({ passphrase })}
            fault={fault(making.passphrase !== '' && faults.includes('passphrase-short'), t('setup.drive.make.short'))}
          />
          <TextInput
            label={t('setup.drive.make.again')}
            type="password"
            value={making.again}
            maxLength={PASSPHRASE_CHARS_MAX}
            onChange={(again) => onChange({ again })}
            fault={fault(making.again !== '' && faults.includes('passphrase-differs'), t('setup.drive.make.differs'))}
          />
        </div>
      ) : null}
      {chosen.map((disk) => (
        <Confirm
          key={disk.id}
          disk={disk}
          typed={making.typed[disk.id] ?? ''}
          onTyped={(text) => onChange({ typed: { ...making.typed, [disk.id]: text } })}
        />
      ))}
      {chosen.length === making.ids.length ? null : <p className="bad">{t('setup.drive.make.missing')}</p>}
      <div className="setup-tools">
        <Button type="submit" kind="main" isDisabled={params === null || busy}>
          <HardDrive size={14} aria-hidden="true" />
          {t(chosen.every(isEmpty) ? 'setup.drive.make.doEmpty' : 'setup.drive.make.do')}
        </Button>
        <span role="status" className="muted">
          {make.state === 'waiting' ? t('setup.drive.use.waiting') : ''}
          {make.state === 'asking' ? t('setup.drive.make.making') : ''}
        </span>
      </div>
      {make.problem === null ? null : <ProblemBox problem={make.problem} />}
    </Form>
  );
}

interface ConfirmProps {
  readonly disk: Disk;
  readonly typed: string;
  readonly onTyped: (text: string) => void;
}

/** What is on a disk, and the words by which a person says that this one is meant. */
function Confirm({ disk, typed, onTyped }: ConfirmProps) {
  const { t } = useTexts();
  const content = disk.verdict.kind === 'free' ? disk.verdict.content : [];
  const named = { disk: visible(`${disk.model} ${disk.serial}`) };
  return (
    <div className="confirm-disk">
      <p className={content.length === 0 ? '' : 'bad'}>
        {t(content.length === 0 ? 'setup.drive.make.nothing' : 'setup.drive.make.erases', named)}
      </p>
      {content.length === 0 ? null : (
        <ul className="disk-content">
          {numbered(content).map(({ key, one }) => (
            <li key={key}>
              <Content content={one} />
            </li>
          ))}
        </ul>
      )}
      <p>{t('setup.drive.make.type')}</p>
      <p className="to-type">
        <Name text={confirmationText(disk)} className="path" />
      </p>
      <TextInput
        label={t('setup.drive.make.typed')}
        value={typed}
        maxLength={1000}
        onChange={onTyped}
        fault={typed === '' || isConfirmed(disk, typed) ? null : t('setup.drive.make.typedFault')}
      />
    </div>
  );
}

/** Two partitions may look the same. */
function numbered(content: readonly DiskContent[]) {
  return content.map((one, at) => ({ one, key: `${at}` }));
}

function Content({ content: { form, label, sizeBytes } }: { readonly content: DiskContent }) {
  const { t } = useTexts();
  const facts = {
    form: form === '' ? t('setup.drive.make.noForm') : visible(form),
    size: soldSize(sizeBytes),
    label: visible(label),
  };
  return t(label === '' ? 'setup.drive.make.part' : 'setup.drive.make.partNamed', facts);
}
