import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { useTexts } from '../../app-state.ts';
import { LookStep } from '../setup/look-step.tsx';
import { useFound } from '../setup/use-found.ts';

/** Pools, datasets, sizes, encryption, and what other programs have left: asked for when somebody wants to see it. */
export function AroundSection() {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  return (
    <section className="card around">
      <Disclosure className="job-details" isExpanded={open} onExpandedChange={setOpen}>
        <Heading level={2} className="raw-title">
          <Button slot="trigger" className="button quiet">
            <ChevronRight className="turn" size={14} aria-hidden="true" />
            {t('around.title')}
          </Button>
        </Heading>
        <DisclosurePanel className="around-panel">{open ? <Around /> : null}</DisclosurePanel>
      </Disclosure>
    </section>
  );
}

function Around() {
  return <LookStep found={useFound()} settingUp={false} />;
}
