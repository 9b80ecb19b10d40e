import { pipeCases } from '../pipe-cases.ts';
import { spawnerForTests } from './support.ts';

pipeCases(spawnerForTests().start);
