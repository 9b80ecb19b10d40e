import { Check, Copy, Download, FileSearch } from 'lucide-react';
import { useState } from 'react';
import { Label, TextArea, TextField } from 'react-aria-components';
import { BRIDGE_NAME } from '../../../core/api/shell-bridge.ts';
import { useLive, useTexts } from '../../app-state.ts';
import { Button } from '../../ui/button.tsx';
import { Command } from '../../ui/command.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { useDiagnostics } from './use-diagnostics.ts';

const FILE_NAME = 'snapferry-diagnostics.jsonl';

/** What one can post where help is asked for: all of it is seen before it is copied or saved. */
export function DiagnosticsSection() {
  const { t } = useTexts();
  const live = useLive();
  const { text, problem, loading, load } = useDiagnostics();
  return (
    <section className="card diagnostics" aria-labelledby="diagnostics-title">
      <h2 id="diagnostics-title">{t('diagnostics.title')}</h2>
      <p>{t('diagnostics.explain')}</p>
      <div className="config-actions">
        <Button onPress={load} isDisabled={!live || loading}>
          <FileSearch size={14} aria-hidden="true" />
          {t(text === null ? 'diagnostics.make' : 'diagnostics.again')}
        </Button>
        <span className="muted" role="status">
          {loading ? t('diagnostics.loading') : text === null ? '' : t('diagnostics.look')}
        </span>
      </div>
      {problem === null ? null : <ProblemBox problem={problem} />}
      {text === null ? null : <Preview text={text} key={text} />}
    </section>
  );
}

function Preview({ text }: { readonly text: string }) {
  const { t } = useTexts();
  const [copied, setCopied] = useState(false);
  const copy = (): void =>
    void navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      // The text stands there to be marked by hand.
      () => setCopied(false),
    );
  return (
    <>
      <TextField className="config-text" value={text} isReadOnly>
        <Label className="field-label">{t('diagnostics.preview')}</Label>
        <TextArea dir="ltr" spellCheck={false} rows={18} className="wrapped" />
      </TextField>
      <div className="config-actions">
        <Button onPress={copy}>
          {copied ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}
          {t(copied ? 'evidence.copied' : 'evidence.copy')}
        </Button>
        {CAN_SAVE ? (
          <Button onPress={() => save(text)}>
            <Download size={14} aria-hidden="true" />
            {t('diagnostics.save')}
          </Button>
        ) : null}
      </div>
      {CAN_SAVE ? null : (
        <Command where={t('diagnostics.command')} text={`snapferry diagnostics --output ${FILE_NAME}`} />
      )}
    </>
  );
}

/** The window of Electron saves nothing, whatever a page asks for. */
const CAN_SAVE = !(BRIDGE_NAME in globalThis);

function save(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/x-ndjson' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = FILE_NAME;
  link.click();
  URL.revokeObjectURL(url);
}
