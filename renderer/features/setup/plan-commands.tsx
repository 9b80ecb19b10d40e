import { Disclosure, Button as DisclosureButton, DisclosurePanel, Heading } from 'react-aria-components';
import type { FirstRun } from '../../../core/api/destination.ts';
import { quoteArgument } from '../../../core/api/shell-quote.ts';
import { visible } from '../../../core/api/visible.ts';
import { useTexts } from '../../app-state.ts';
import { Command } from '../../ui/command.tsx';

/** What the first run starts, word by word, as the service says. */
export function PlanCommands({ runs, isDrive }: { readonly runs: readonly FirstRun[]; readonly isDrive: boolean }) {
  const { t } = useTexts();
  return (
    <section className="card">
      <Disclosure className="commands-told">
        <Heading level={2}>
          <DisclosureButton slot="trigger" className="button quiet">
            {t('setup.plan.commands')}
          </DisclosureButton>
        </Heading>
        <DisclosurePanel>
          <p>{t('setup.plan.commandsText')}</p>
          {runs.map((run) => (
            <OneRun key={run.dataset} run={run} isDrive={isDrive} />
          ))}
          <p>{t('setup.plan.commandsAround')}</p>
        </DisclosurePanel>
      </Disclosure>
    </section>
  );
}

function OneRun({ run, isDrive }: { readonly run: FirstRun; readonly isDrive: boolean }) {
  const { dataset, others, commands } = run;
  const { t } = useTexts();
  return (
    <>
      <h3>{t('setup.plan.commandsOf', { dataset: visible(dataset) })}</h3>
      <ol className="bring-steps">
        {commands.map(({ does, on, argv, more }) => {
          const where = t(isDrive && on === 'there' ? 'setup.drive.plan.on' : `setup.plan.on.${on}`);
          const rest = more === 0 ? '' : ` ${t('setup.plan.commandsMore', { count: more })}`;
          const text = argv.map(quoteArgument).join(' ');
          return (
            <li key={text}>
              <Command
                where={`${where} ${t(`setup.plan.does.${does}`)}${rest}`}
                text={text}
                label={t(`setup.plan.does.${does}`)}
              />
            </li>
          );
        })}
      </ol>
      {others === 0 ? null : <p>{t('setup.plan.commandsOthers', { count: others })}</p>}
    </>
  );
}
