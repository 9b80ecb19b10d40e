import { localCases } from '../local-cases.ts';
import { spawnerForTests } from './support.ts';

localCases(spawnerForTests().start);
