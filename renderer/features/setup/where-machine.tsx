import { useTexts } from '../../app-state.ts';
import { isHost, type NasDraft } from '../../model/setup/nas.ts';
import { NumberInput } from '../../ui/number-input.tsx';
import { TextInput } from '../../ui/text-input.tsx';

export interface NasPartProps {
  readonly nas: NasDraft;
  readonly onChange: (change: Partial<NasDraft>) => void;
}

/** Which machine. */
export function MachinePart({ nas, onChange }: NasPartProps) {
  const { t } = useTexts();
  return (
    <div className="fields">
      <TextInput
        label={t('setup.machine.host')}
        hint={t('setup.machine.hostHint')}
        value={nas.host}
        onChange={(host) => onChange({ host: host.trim() })}
        fault={nas.host === '' || isHost(nas.host) ? null : t('setup.machine.hostFault')}
      />
      <NumberInput
        label={t('setup.machine.port')}
        value={nas.port}
        least={1}
        most={65_535}
        onChange={(port) => onChange({ port })}
      />
    </div>
  );
}
