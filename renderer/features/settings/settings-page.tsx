import { useEffect, useState } from 'react';
import type { DaemonStatus } from '../../../core/api/status.ts';
import { setLanguage, setTheme, THEMES, useApp, useLive, useTexts } from '../../app-state.ts';
import { isLanguage, OFFERED_LANGUAGES } from '../../i18n/language.ts';
import { Choice } from '../../ui/choice.tsx';
import { Name } from '../../ui/name.tsx';
import { ConfigSection } from '../config/config-section.tsx';
import { useConfigFile } from '../config/use-config.ts';
import { AroundSection } from './around-section.tsx';
import { BandwidthSection } from './bandwidth-section.tsx';
import { DesktopSection } from './desktop-section.tsx';
import { DiagnosticsSection } from './diagnostics-section.tsx';
import { useShellSettings } from './use-shell-settings.ts';

const SYSTEM = 'system';
/** What is known after so long is shown, and the rest when it comes. */
const PATIENCE_MS = 1000;

/** How the window looks, and what is known of the service. */
export function SettingsPage({ status }: { readonly status: DaemonStatus | null }) {
  const { t } = useTexts();
  const theme = useApp((state) => state.theme);
  const language = useApp((state) => state.language);
  const languages = [
    SYSTEM,
    ...OFFERED_LANGUAGES,
    ...(language === 'pseudo' || language === 'mirror' ? [language] : []),
  ] as const;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('settings.title')}</h1>
      </header>
      <section className="card">
        <h2>{t('settings.appearance')}</h2>
        <div className="filters">
          <Choice
            label={t('settings.theme')}
            value={theme}
            options={THEMES.map((value) => ({ value, text: t(`settings.themes.${value}`) }))}
            onChange={(value) => setTheme(THEMES.find((one) => one === value) ?? 'system')}
          />
          <Choice
            label={t('settings.language')}
            value={language ?? SYSTEM}
            options={languages.map((value) => ({ value, text: t(`settings.languages.${value}`) }))}
            onChange={(value) => setLanguage(isLanguage(value) ? value : null)}
          />
        </div>
      </section>
      <Asked status={status} />
    </div>
  );
}

/** What has to be asked for, and what stands below it: all at once, so that nothing moves under a hand. */
function Asked({ status }: { readonly status: DaemonStatus | null }) {
  const { t } = useTexts();
  const live = useLive();
  const desk = useShellSettings();
  const config = useConfigFile();
  const [patient, setPatient] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  const answered = desk.answered && (config.file !== null || config.problem !== null);
  if (live && !answered && patient) return null;
  return (
    <>
      <DesktopSection {...desk} />
      {status === null ? null : <ConfigSection {...config} />}
      {status === null ? null : <BandwidthSection />}
      {status === null ? null : <AroundSection />}
      {status === null ? null : <Service status={status} />}
      {status === null ? null : <DiagnosticsSection />}
      <section className="card">
        <h2>{t('settings.keys')}</h2>
        <dl className="facts keys">
          <dt>{t('settings.keyPalette')}</dt>
          <dd>
            <kbd>Ctrl</kbd> <kbd>K</kbd>
          </dd>
          <dt>{t('settings.keyGrid')}</dt>
          <dd>
            <kbd>↑</kbd> <kbd>↓</kbd> <kbd>←</kbd> <kbd>→</kbd> <kbd>Home</kbd> <kbd>End</kbd>
          </dd>
          <dt>{t('settings.keyOpen')}</dt>
          <dd>
            <kbd>Enter</kbd>
          </dd>
          <dt>{t('settings.keyClose')}</dt>
          <dd>
            <kbd>Esc</kbd>
          </dd>
        </dl>
      </section>
    </>
  );
}

function Service({ status }: { readonly status: DaemonStatus }) {
  const { t, format } = useTexts();
  return (
    <section className="card">
      <h2>{t('settings.service')}</h2>
      <dl className="facts">
        <dt>{t('settings.version')}</dt>
        <dd className="fig">
          <Name text={status.version} />
        </dd>
        <dt>{t('settings.since')}</dt>
        <dd className="fig">{format.exact(status.startedAtMs)}</dd>
        <dt>{t('settings.config')}</dt>
        <dd>
          <Name text={status.configFile} className="path" />
        </dd>
        <dt>{t('settings.state')}</dt>
        <dd>
          <Name text={status.state.folder} className="path" />
        </dd>
      </dl>
    </section>
  );
}
