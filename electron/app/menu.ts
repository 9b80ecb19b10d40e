/** The keys of the window: a menu that stays hidden until it is asked for, because Electron knows keys only through one. Pure. */
import type { MenuItemConstructorOptions } from 'electron';
import type { Language } from '../../core/api/messages/languages.ts';
import { SHELL_MESSAGES } from '../messages/languages.ts';

export function windowMenu(language: Language): MenuItemConstructorOptions[] {
  const { window } = SHELL_MESSAGES[language];
  return [
    {
      label: window.file,
      submenu: [
        { role: 'close', label: window.close },
        { role: 'quit', label: SHELL_MESSAGES[language].menu.quit },
      ],
    },
    {
      label: window.view,
      submenu: [
        { role: 'zoomIn', label: window.zoomIn },
        // The same key without Shift, as on most keyboards.
        { role: 'zoomIn', label: window.zoomIn, accelerator: 'CommandOrControl+=', visible: false },
        { role: 'zoomOut', label: window.zoomOut },
        { role: 'resetZoom', label: window.zoomReset },
        { role: 'togglefullscreen', label: window.fullScreen },
      ],
    },
  ];
}
