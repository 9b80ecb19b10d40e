import { startHere } from '../../../core/host/program.ts';
import { pipeCases } from './pipe-cases.ts';

pipeCases(startHere);
