import { X } from 'lucide-react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { type DatasetSafety, evidenceCommand, type Evidence as Mark } from '../../../core/api/safety.ts';
import { visible } from '../../../core/api/visible.ts';
import { goTo, useTexts } from '../../app-state.ts';
import type { Translator } from '../../i18n/translator.ts';
import { evidenceCommands, placeName } from '../../model/evidence.ts';
import type { Cell } from '../../model/matrix.ts';
import { Button } from '../../ui/button.tsx';
import { Command } from '../../ui/command.tsx';
import { Name } from '../../ui/name.tsx';
import { CellMark } from './cell-mark.tsx';
import { cellSentence } from './cell-text.ts';

interface EvidenceProps {
  /** Null: closed. */
  readonly cell: Cell | null;
  readonly nowMs: number;
  readonly onClose: () => void;
}

/** What proves that a dataset is where it is said to be: snapshots by guid, what would be lost, and the commands that show it. */
export function EvidencePanel({ cell, nowMs, onClose }: EvidenceProps) {
  const { t } = useTexts();
  return (
    <ModalOverlay className="overlay" isOpen={cell !== null} onOpenChange={(open) => !open && onClose()} isDismissable>
      <Modal className="drawer">
        <Dialog className="dialog" aria-label={t('evidence.title')}>
          <Button kind="icon" slot="close" label={t('app.close')}>
            <X size={18} aria-hidden="true" />
          </Button>
          {cell === null ? null : <Evidence cell={cell} nowMs={nowMs} onClose={onClose} />}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Evidence({
  cell,
  nowMs,
  onClose,
}: {
  readonly cell: Cell;
  readonly nowMs: number;
  readonly onClose: () => void;
}) {
  const texts = useTexts();
  const { t } = texts;
  const { safety } = cell;
  const commands = evidenceCommands(safety);
  return (
    <>
      <p className="eyebrow">{t('evidence.title')}</p>
      <Heading slot="title" level={2} className="dialog-title">
        <Name text={safety.dataset} />
      </Heading>
      <p className="evidence-state">
        <CellMark cell={cell} />
        <span>{cellSentence(cell, nowMs, texts)}</span>
      </p>
      <dl className="facts">
        <dt>{t('evidence.destination')}</dt>
        <dd>
          <Name text={placeName(safety.destination)} />
        </dd>
        <Version
          title={t('evidence.common')}
          none={t('evidence.commonNone')}
          version={safety.newestCommon}
          nowMs={nowMs}
        />
        <Version
          title={t('evidence.local')}
          none={t('evidence.localNone')}
          version={safety.newestLocal}
          nowMs={nowMs}
        />
        <dt>{t('evidence.lost')}</dt>
        <dd>
          <Loss safety={safety} />
        </dd>
        <dt>{t('evidence.basis')}</dt>
        <dd className="fig">{basisText(safety, nowMs, texts)}</dd>
        <dt>{t('evidence.guarantee')}</dt>
        <dd>
          {t(`guarantee.${safety.guarantee}`)}
          <span className={`sub ${safety.standing === 'not-kept' ? 'bad' : ''}`}>
            {t(`evidence.standing.${safety.standing}`)}
          </span>
        </dd>
        {safety.keptBy.length === 0 ? null : (
          <>
            <dt>{t('evidence.keptBy')}</dt>
            <dd>
              {safety.keptBy.map((mark) => (
                <KeptBy key={`${mark.host} ${mark.fullName} ${mark.tag ?? ''}`} mark={mark} />
              ))}
            </dd>
          </>
        )}
        <dt>{t('evidence.job')}</dt>
        <dd>
          <Name text={cell.job} />{' '}
          <Button
            kind="quiet"
            onPress={() => {
              onClose();
              goTo({ page: 'job', job: cell.job, tab: 'live' });
            }}
          >
            {t('evidence.openJob')}
          </Button>
        </dd>
      </dl>
      <h3>{t('evidence.commands')}</h3>
      <Command where={t('evidence.onThis')} text={commands.here} />
      {commands.there === null ? null : (
        <>
          <Command where={t('evidence.there')} text={commands.there} />
          <p className="muted">{t('evidence.commandsNote')}</p>
        </>
      )}
    </>
  );
}

interface VersionProps {
  readonly title: string;
  readonly none: string;
  readonly version: DatasetSafety['newestCommon'];
  readonly nowMs: number;
}

function Version({ title, none, version, nowMs }: VersionProps) {
  const { t, format } = useTexts();
  return (
    <>
      <dt>{title}</dt>
      <dd>
        {version === null ? (
          none
        ) : (
          <>
            <Name text={version.name} className="strong" />
            <span className="sub fig">
              {version.creationMs === null
                ? t('evidence.ageUnknown')
                : `${t('evidence.created', { when: format.exact(version.creationMs) })} · ${format.ago(version.creationMs, nowMs)}`}
            </span>
            <span className="sub">
              <Name text={t('evidence.guid', { guid: version.guid })} />
            </span>
          </>
        )}
      </dd>
    </>
  );
}

function Loss({ safety }: { readonly safety: DatasetSafety }) {
  const { t, format } = useTexts();
  const { everything, sinceMs, snapshots, bytes } = safety.atRisk;
  if (everything) return <strong className="bad">{t('evidence.lostEverything')}</strong>;
  return (
    <span className="fig">
      {sinceMs === null ? t('evidence.lostUnknown') : t('evidence.lostSince', { when: format.exact(sinceMs) })}{' '}
      {snapshots === null || snapshots === 0 ? null : t('evidence.lostSnapshots', { count: snapshots })}{' '}
      {bytes === null || bytes === 0 ? null : t('evidence.lostBytes', { bytes: format.bytes(bytes) })}
    </span>
  );
}

/** Whether the destination itself was looked at, and when. */
function basisText(safety: DatasetSafety, nowMs: number, { t, format }: Translator): string {
  switch (safety.basis) {
    case 'compared':
      return t('evidence.bases.compared', { when: format.ago(safety.seenAtMs, nowMs) });
    case 'remembered':
      if (safety.receiverSeenAtMs === null) return t('evidence.bases.rememberedLong');
      return t('evidence.bases.remembered', { when: format.ago(safety.receiverSeenAtMs, nowMs) });
    case 'cursor':
      return t('evidence.bases.cursor');
  }
}

/** A mark on disk, and the command that shows it. */
function KeptBy({ mark }: { readonly mark: Mark }) {
  const { t } = useTexts();
  return (
    <div className="kept-by">
      <p>
        {t(`evidence.kinds.${mark.kind}`)}{' '}
        <span className="muted">{t('evidence.on', { host: visible(mark.host) })}</span>
        <span className="sub">
          <Name text={mark.fullName} />
          {mark.tag === null ? null : (
            <>
              {' · '}
              <Name text={mark.tag} />
            </>
          )}
        </span>
        <span className="sub">{t(`evidence.proofs.${mark.proof}`)}</span>
      </p>
      <Command where={null} text={evidenceCommand(mark)} />
    </div>
  );
}
