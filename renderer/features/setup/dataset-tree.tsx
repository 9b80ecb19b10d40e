import { ChevronRight, Lock, LockOpen } from 'lucide-react';
import { createContext, useContext, useMemo, useState } from 'react';
import {
  Button,
  Checkbox,
  Collection,
  type Key,
  ListLayout,
  Tree,
  TreeItem,
  TreeItemContent,
  Virtualizer,
} from 'react-aria-components';
import type { LeftOutReason } from '../../../core/api/wizard/suggest.ts';
import { useTexts } from '../../app-state.ts';
import {
  choiceState,
  chosenAfter,
  type FoundDataset,
  nodesByName,
  openAtFirst,
  type TreeNode,
} from '../../model/setup/tree.ts';
import { CheckMark } from '../../ui/check-mark.tsx';
import { Name } from '../../ui/name.tsx';

const ROW_PX = 44;

interface Choosing {
  readonly chosen: ReadonlySet<string>;
  readonly reasons: ReadonlyMap<string, LeftOutReason>;
}

/** Beside the rows, so that one tick does not build all of them anew. */
const ChoosingContext = createContext<Choosing>({ chosen: new Set(), reasons: new Map() });

interface DatasetTreeProps extends Choosing {
  readonly roots: readonly TreeNode[];
  readonly onChange: (chosen: ReadonlySet<string>) => void;
}

/** The datasets of this machine, to be chosen. Only rows in sight are drawn. */
export function DatasetTree({ roots, chosen, reasons, onChange }: DatasetTreeProps) {
  const { t } = useTexts();
  const nodes = useMemo(() => nodesByName(roots), [roots]);
  const [open, setOpen] = useState<ReadonlySet<Key>>(
    () => new Set([...roots.map(({ dataset }) => dataset.name), ...openAtFirst(roots, chosen)]),
  );
  const choosing = useMemo(() => ({ chosen, reasons }), [chosen, reasons]);
  return (
    <ChoosingContext value={choosing}>
      <Virtualizer layout={ListLayout} layoutOptions={{ estimatedRowHeight: ROW_PX }}>
        <Tree
          className="dataset-tree"
          aria-label={t('setup.what.tree')}
          selectionMode="multiple"
          selectedKeys={chosen}
          onSelectionChange={(keys) => {
            const ticked = keys === 'all' ? new Set(nodes.keys()) : new Set([...keys].map(String));
            onChange(chosenAfter(chosen, ticked, nodes));
          }}
          expandedKeys={open}
          onExpandedChange={setOpen}
          items={roots}
        >
          {item}
        </Tree>
      </Virtualizer>
    </ChoosingContext>
  );
}

function item(node: TreeNode) {
  return (
    <TreeItem className="dataset-item" id={node.dataset.name} textValue={node.label}>
      <TreeItemContent>
        <Row node={node} />
      </TreeItemContent>
      <Collection items={node.children}>{item}</Collection>
    </TreeItem>
  );
}

function Row({ node }: { readonly node: TreeNode }) {
  const { t, format } = useTexts();
  const { chosen, reasons } = useContext(ChoosingContext);
  const { dataset, label, children } = node;
  const state = choiceState(node, chosen);
  const reason = reasons.get(dataset.name);
  const note =
    state === 'with-exceptions' || state === 'only-below'
      ? t(`setup.what.${state}`)
      : reason !== undefined && state === 'none'
        ? t(`setup.leftOut.${reason}`)
        : '';
  return (
    <div className="dataset-row">
      {children.length === 0 ? (
        <span className="tree-space" />
      ) : (
        <Button slot="chevron" className="tree-chevron">
          <ChevronRight className="turn" size={14} aria-hidden="true" />
        </Button>
      )}
      <Checkbox
        className="check"
        slot="selection"
        isIndeterminate={state === 'with-exceptions' || state === 'only-below'}
      >
        <CheckMark />
      </Checkbox>
      <span className="dataset-name">
        <Name text={label} />
        <Encryption dataset={dataset} />
        <span className="dataset-note">{note}</span>
      </span>
      <span className="dataset-size fig">
        {dataset.usedBytes === null ? t('setup.what.sizeUnknown') : format.bytes(dataset.usedBytes)}
      </span>
    </div>
  );
}

function Encryption({ dataset }: { readonly dataset: FoundDataset }) {
  const { t } = useTexts();
  if (!dataset.encrypted) return null;
  const locked = dataset.keyLoaded === false;
  const Icon = locked ? Lock : LockOpen;
  const said = t(locked ? 'setup.what.locked' : 'setup.what.encrypted');
  return (
    <span className="dataset-lock" title={said}>
      <Icon size={13} aria-hidden="true" />
      <span className="for-ears">{said}</span>
    </span>
  );
}
