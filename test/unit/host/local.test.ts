import { startHere } from '../../../core/host/program.ts';
import { localCases } from './local-cases.ts';

localCases(startHere);
