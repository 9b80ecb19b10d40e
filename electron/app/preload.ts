/** Runs in the sandbox before the page does. Of Electron the page gets nothing but the bridge. */
import { contextBridge, ipcRenderer } from 'electron';
import { BRIDGE_NAME } from '../../core/api/shell-bridge.ts';
import { bridgeOf } from './bridge.ts';

contextBridge.exposeInMainWorld(BRIDGE_NAME, bridgeOf(ipcRenderer));
