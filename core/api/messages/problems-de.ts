import type { ProblemCode, ProblemText } from '../problem.ts';

const SAFE = 'Nichts wurde verändert, nichts ging verloren.';
const OLD_COPY = 'Was vorher gesichert war, ist noch da; die neuesten Änderungen sind noch nicht am Ziel.';

/** The sentences of every problem, in German. */
export const PROBLEMS_DE: Readonly<Partial<Record<ProblemCode, Pick<ProblemText, 'happened' | 'meaning' | 'remedy'>>>> =
  {
    // Running commands
    'command-missing': {
      happened: 'Das Programm {program} wurde auf {host} nicht gefunden.',
      meaning: SAFE,
      remedy: 'Installiere OpenZFS auf {host}, oder berichtige den Pfad des Programms.',
    },
    'command-failed': {
      happened: 'Ein Befehl auf {host} ist fehlgeschlagen.',
      meaning: OLD_COPY,
      remedy: 'Lies die Meldung unten; führe den Befehl auf {host} von Hand aus, um mehr zu sehen.',
    },
    'command-timeout': {
      happened: 'Ein Befehl auf {host} gab in seiner Frist kein Ergebnis und wurde beendet.',
      meaning: OLD_COPY,
      remedy: 'Sieh nach, ob der Pool auf {host} antwortet; der nächste Lauf sieht sich zuerst den wahren Stand an.',
    },
    'command-stuck': {
      happened: 'Ein Befehl auf {host} hängt im Kernel und lässt sich nicht beenden; er wurde aufgegeben.',
      meaning: 'Andere Pools laufen weiter. Was dieser Befehl tat, ist nicht fertig.',
      remedy:
        'Sieh nach, ob das Laufwerk dieses Pools angeschlossen ist. Schließe es wieder an; exportiere oder bereinige den Pool nicht ohne es.',
    },
    'command-aborted': {
      happened: 'Die Arbeit wurde abgebrochen.',
      meaning: 'Eine unterbrochene Übertragung kann fortgesetzt werden; nichts ging verloren.',
      remedy: 'Starte den Job wieder, wann du willst.',
    },
    'output-too-large': {
      happened: 'Ein Befehl auf {host} gab mehr als {limitBytes} Bytes aus.',
      meaning: SAFE,
      remedy: 'Grenze die Datasets dieses Jobs ein; eine unvollständige Liste wird nie verwendet.',
    },
    'output-unreadable': {
      happened: 'Die Antwort eines zfs-Befehls hat eine Form, die nicht verstanden wird.',
      meaning: SAFE,
      remedy: 'Melde den Text unten zusammen mit der Ausgabe von „zfs version“.',
    },
    // Reaching the other machine
    'host-unreachable': {
      happened: '{host} ist nicht erreichbar.',
      meaning: OLD_COPY,
      remedy: 'Sieh nach, ob {host} eingeschaltet und im Netz ist; der Job versucht es von selbst wieder.',
    },
    'host-not-woken': {
      happened: '{host} wurde geweckt und hat in der vorgesehenen Zeit nicht geantwortet.',
      meaning: OLD_COPY,
      remedy:
        'Sieh nach, ob {host} Strom hat und im Netz ist und ob dort das Wecken über das Netz (Wake-on-LAN) eingeschaltet ist. Braucht der Rechner nur länger zum Starten, gib ihm in der Verbindung des Jobs mehr Zeit (wait). Der nächste Lauf weckt ihn wieder.',
    },
    'connection-lost': {
      happened: 'Die Verbindung zu {host} ging verloren.',
      meaning: 'Eine unterbrochene Übertragung geht weiter, wo sie aufhörte; nichts ging verloren.',
      remedy: 'Nichts, wenn sie wiederkommt: Der Job versucht es von selbst wieder.',
    },
    'spawner-lost': {
      happened: 'Der Prozess, der auf {host} Befehle startet, endete unerwartet, und mit ihm die laufenden Befehle.',
      meaning: 'Eine unterbrochene Übertragung geht weiter, wo sie aufhörte; nichts ging verloren.',
      remedy:
        'Nichts, wenn es einmal geschah: Er wird von selbst neu gestartet. Sonst sieh nach, ob dem Rechner Speicher fehlt.',
    },
    'host-key-mismatch': {
      happened: '{host} zeigt einen anderen Host-Schlüssel ({seen}) als den festgelegten.',
      meaning: 'Es wurden keine Daten gesendet: Das ist vielleicht nicht dein Rechner.',
      remedy:
        'Wurde {host} neu installiert, dann vergleiche den Fingerabdruck an seiner eigenen Konsole und lege den neuen fest; sonst finde heraus, wer da antwortet.',
    },
    'host-key-unpinned': {
      happened: 'Für {host} ist kein Host-Schlüssel festgelegt.',
      meaning: 'Es wurden keine Daten gesendet.',
      remedy: 'Trage host_key (den SHA256-Fingerabdruck) oder known_hosts in die Verbindung dieses Jobs ein.',
    },
    'ssh-incompatible': {
      happened: 'Dieser Rechner und {host} finden keine gemeinsame Art, ssh zu sprechen.',
      meaning: 'Es wurden keine Daten gesendet.',
      remedy:
        'Lies die Meldung unten; erlaube in sshd_config auf {host} ein heutiges Verfahren für Schlüsseltausch, Verschlüsselung oder Schlüsselart.',
    },
    'login-refused': {
      happened: '{host} hat die Anmeldung von {user} abgelehnt.',
      meaning: OLD_COPY,
      remedy:
        'Sieh nach, ob der öffentliche Schlüssel zu {identityFile} in authorized_keys von {user} auf {host} steht.',
    },
    'password-refused': {
      happened: '{host} ließ {user} mit dem Passwort nicht ein.',
      meaning: SAFE,
      remedy:
        'Gib es noch einmal ein, einmal nur: Manche Rechner sperren aus, wer es zu oft versucht. Viele lassen niemanden, oder root nicht, mit einem Passwort ein; dann trage die Zeile an der Konsole von {host} in authorized_keys ein.',
    },
    'key-not-brought': {
      happened: 'Der öffentliche Schlüssel ließ sich auf {host} nicht in authorized_keys von {user} eintragen.',
      meaning: SAFE,
      remedy:
        'Trage die Zeile an der Konsole von {host} ein, oder dort, wo dessen eigene Verwaltung die Schlüssel ihrer Konten führt.',
    },
    'identity-unreadable': {
      happened: 'Der private Schlüssel {identityFile} kann nicht gelesen werden.',
      meaning: OLD_COPY,
      remedy:
        'Sieh nach, ob es die Datei gibt, ob sie ein privater Schlüssel ohne Passphrase ist, und ob der Dienst sie lesen darf.',
    },
    // ZFS: things that are not there, or are there already
    'not-found': {
      happened: '{name} gibt es auf {host} nicht.',
      meaning: SAFE,
      remedy: 'Wurde es mit Absicht umbenannt oder gelöscht, ändere die Konfiguration; sonst importiere seinen Pool.',
    },
    'name-invalid': {
      happened: 'Der Name {name} wird abgelehnt: {reason}.',
      meaning: SAFE,
      remedy: 'Verwende Buchstaben, Ziffern, „-“, „_“, „.“, „:“ und Leerzeichen; zusammen höchstens 255 Bytes.',
    },
    'name-too-long': {
      happened:
        'Die Namen von Dataset {dataset} und Job {job} sind zusammen zu lang für die Marken, die der Job setzen muss.',
      meaning: OLD_COPY,
      remedy: 'Verwende einen kürzeren Namen für den Job oder für die Datasets.',
    },
    'snapshot-exists': {
      happened: 'Einen Snapshot mit dem Namen {name} gibt es schon.',
      meaning: 'Der vorhandene Snapshot bleibt.',
      remedy:
        'Nichts: Der nächste Snapshot heißt anders. Wiederholt es sich, verwenden zwei Jobs denselben Präfix in derselben Sekunde.',
    },
    'snapshot-held': {
      happened: '{name} hat einen Hold und wurde nicht gelöscht.',
      meaning: 'Er bleibt, bis der Hold gelöst ist.',
      remedy: 'Nichts, wenn ein Job ihn braucht. „snapferry abstractions list“ zeigt, wer ihn hält.',
    },
    'has-clones': {
      happened: '{name} hat Klone und wurde nicht gelöscht.',
      meaning: 'Er bleibt.',
      remedy: 'Lösche den Klon oder befördere ihn (zfs promote), wenn er nicht mehr gebraucht wird.',
    },
    undestroyable: {
      happened: '{name} konnte nicht gelöscht werden.',
      meaning: 'Er bleibt.',
      remedy: 'Lies den Grund unten.',
    },
    'bookmark-exists': {
      happened: 'Das Bookmark {name} gibt es schon, und es bezeichnet einen anderen Snapshot.',
      meaning: SAFE,
      remedy: 'Lösche dieses Bookmark von Hand, wenn nichts es braucht.',
    },
    'bookmark-copy-unsupported': {
      happened: 'Diese Version von ZFS kann das Bookmark {name} nicht kopieren.',
      meaning: 'Die Übertragung geht ohne diesen zusätzlichen Schutz weiter.',
      remedy: 'Bringe OpenZFS auf 2.0 oder neuer.',
    },
    'bookmark-unsupported': {
      happened: 'Der Pool von {name} kann keine Bookmarks haben.',
      meaning: OLD_COPY,
      remedy: 'Schalte die Pool-Eigenschaft „bookmarks“ ein (zpool upgrade).',
    },
    'bad-tag': {
      happened: 'ZFS lehnt den Hold {tag} ab.',
      meaning: SAFE,
      remedy: 'Verwende einen kürzeren Namen für den Job.',
    },
    'guid-changed': {
      happened: '{name} ist nicht mehr der Snapshot, der er bei der Planung war.',
      meaning: 'Nach dem alten Plan wurde nichts gelöscht oder gesendet.',
      remedy: 'Nichts: Der nächste Lauf plant neu.',
    },
    'listing-shrank': {
      happened: 'Auf {host} wurden viel weniger Snapshots aufgelistet als zuvor (vorher {before}, jetzt {now}).',
      meaning: 'Nichts wird gelöscht, bis eine zweite Liste es bestätigt.',
      remedy: 'Hast du sie selbst entfernt: nichts. Sonst sieh nach, ob der Pool gesund ist.',
    },
    // ZFS: space, rights, pools
    'no-space': {
      happened: 'Auf {host} ist kein Platz mehr für {name}.',
      meaning: OLD_COPY,
      remedy: 'Schaffe Platz am Ziel, oder lass dort weniger aufbewahren; gegen deine Regeln wird nichts gelöscht.',
    },
    'quota-exceeded': {
      happened: 'Eine Quota oder eine Grenze für Snapshots von {name} auf {host} ist erreicht.',
      meaning: OLD_COPY,
      remedy: 'Erhöhe quota, refquota, snapshot_limit oder filesystem_limit, oder lass dort weniger aufbewahren.',
    },
    'permission-denied': {
      happened: '{host} erlaubt das nicht.',
      meaning: OLD_COPY,
      remedy: 'Gib dem verwendeten Konto das fehlende Recht mit „zfs allow“, oder nimm eines, das es hat.',
    },
    'pool-unavailable': {
      happened: 'Der Pool von {name} auf {host} ist angehalten oder nicht importiert.',
      meaning: OLD_COPY,
      remedy: 'Schließe das Laufwerk an und sieh dir „zpool status“ an.',
    },
    'pool-read-only': {
      happened: 'Der Pool von {name} auf {host} ist nur lesbar.',
      meaning: OLD_COPY,
      remedy: 'Importiere ihn beschreibbar.',
    },
    busy: {
      happened: '{name} ist auf {host} in Gebrauch.',
      meaning: OLD_COPY,
      remedy: 'Nichts: Der Job versucht es wieder.',
    },
    'feature-mismatch': {
      happened:
        'Der Pool oder die ZFS-Version auf {host} ist zu alt für diesen Strom, oder Unfertiges dort passt nicht mehr.',
      meaning: OLD_COPY,
      remedy:
        'Wurde während der Übertragung am Ziel ein Snapshot aufgenommen, dann verwirf das Unfertige; sonst bringe ZFS dort auf einen neueren Stand.',
    },
    'large-block-mismatch': {
      happened: '{name} wurde zuerst mit großen Blöcken gesendet, und jetzt ohne.',
      meaning: 'Nichts wurde gesendet: Beides zu mischen kann Dateien beschädigen.',
      remedy: 'Stelle large_blocks für dieses Ziel wieder so ein wie vorher.',
    },
    // Externe Laufwerke
    'drive-away': {
      happened: 'Das Laufwerk {drive} ist nicht angeschlossen.',
      meaning: OLD_COPY,
      remedy: 'Schließ es an.',
    },
    'drive-pulled': {
      happened: 'Das Laufwerk {drive} wurde abgezogen, während es benutzt wurde.',
      meaning:
        'Was vorher angekommen ist, ist darauf und wird geprüft, wenn es wiederkommt; an den Originalen wurde nichts verändert.',
      remedy:
        'Schließ dasselbe Laufwerk wieder an und warte: Die Sicherung geht dort weiter, wo sie stehen geblieben ist. Exportiere den Pool nicht von Hand und benutze kein „zpool clear“, solange es weg ist.',
    },
    'drive-restart-needed': {
      happened: 'Das Laufwerk {drive} ist wieder da, aber ZFS gibt nicht frei, was beim Abziehen hängen geblieben ist.',
      meaning:
        'Auf dem Laufwerk und auf diesem Rechner ist nichts verloren. Bis zum Neustart kann auf dieses Laufwerk nicht gesichert werden.',
      remedy: 'Speichere deine Arbeit und starte den Rechner mit angeschlossenem Laufwerk neu.',
    },
    'drive-blocks-zfs': {
      happened:
        'Das Laufwerk {drive} wurde abgezogen, während ZFS es verband oder trennte, und seitdem wartet ZFS auf diesem Rechner darauf.',
      meaning:
        'Dateien lassen sich lesen und schreiben wie zuvor, und nichts ist verloren. Doch bis zum Neustart kann kein Pool dieses Rechners gesichert oder als Snapshot festgehalten werden.',
      remedy: 'Speichere deine Arbeit und starte den Rechner bald neu, mit angeschlossenem Laufwerk.',
    },
    'drive-failing': {
      happened:
        'ZFS hat Fehler des Laufwerks {drive} gezählt: {reads} beim Lesen, {writes} beim Schreiben, {checksums} im Gelesenen.',
      meaning: 'Die neuesten Kopien darauf sind vielleicht unvollständig; an den Originalen wurde nichts verändert.',
      remedy:
        'Sichere bald auf ein anderes Laufwerk: Eines mit Fehlern wird oft schlechter. „zpool status {pool}“ sagt mehr; war es nur ein loses Kabel, beginnt „zpool clear {pool}“ neu zu zählen.',
    },
    'drive-suspended': {
      happened:
        'ZFS hat alle Arbeit auf dem Laufwerk {drive} eingestellt: Es ist angeschlossen und nimmt und gibt keine Daten mehr.',
      meaning:
        'Was vorher angekommen ist, ist darauf; die neuesten Kopien sind vielleicht unvollständig. An den Originalen wurde nichts verändert.',
      remedy:
        'Prüfe Kabel und Strom, zieh es ab und steck es wieder ein. Geschieht es noch einmal, ist das Laufwerk am Ende: Sichere auf ein anderes.',
    },
    'drive-damaged': {
      happened: 'Die letzte Prüfung des Laufwerks {drive} fand {errors} Fehler, die ZFS nicht beheben konnte.',
      meaning: 'Ein Teil dessen, was darauf liegt, ist nicht mehr lesbar. An den Originalen wurde nichts verändert.',
      remedy:
        '„zpool status -v {pool}“ nennt, was beschädigt ist. Sichere auf ein anderes Laufwerk und denke daran, dieses zu ersetzen; was beschädigt ist, verschwindet mit den Schnappschüssen, die es halten.',
    },
    'drive-foreign': {
      happened: 'Das Laufwerk {drive} wurde zuletzt von einem anderen Rechner benutzt und dort nicht exportiert.',
      meaning: 'Darauf wurde nichts verändert. Ein Pool, den zwei Rechner zugleich benutzen, wird zerstört.',
      remedy:
        'Exportiere es auf dem anderen Rechner. Geht das nicht mehr und ist es dort sicher nicht in Gebrauch, importiere es einmal von Hand: zpool import -f -N {pool}',
    },
    'drive-twice': {
      happened: 'Zwei Laufwerke mit demselben Pool sind als {drive} angeschlossen: Eines ist eine Kopie des anderen.',
      meaning:
        'Darauf wurde nichts verändert: Welches gemeint ist, ist unklar, und beide zu mischen würde beide zerstören.',
      remedy: 'Zieh das ab, das nicht gemeint ist.',
    },
    'drive-incomplete': {
      happened:
        'Das Laufwerk {drive} ist angeschlossen, aber ein Teil seines Pools fehlt oder ist beschädigt ({reason}).',
      meaning: OLD_COPY,
      remedy: 'Schließ alle Laufwerke des Pools an und sieh dir „zpool import“ und „zpool status“ an.',
    },
    'drive-read-only': {
      happened: 'Das Laufwerk {drive} kann auf diesem Rechner nur gelesen werden.',
      meaning: OLD_COPY,
      remedy: 'Sieh dir „zpool import“ an: Meist wird hier ein neueres OpenZFS gebraucht.',
    },
    'drive-unsupported': {
      happened: 'Der Pool des Laufwerks {drive} braucht etwas, das diese Version von OpenZFS nicht hat.',
      meaning: OLD_COPY,
      remedy: 'Benutze auf diesem Rechner ein neueres OpenZFS.',
    },
    'drive-renamed': {
      happened: 'Der Pool des Laufwerks {drive} heißt jetzt {seen} und nicht {pool}.',
      meaning: 'Darauf wurde nichts verändert.',
      remedy: 'Hast du ihn umbenannt, schreib den neuen Namen in die Konfiguration (pool und root_fs).',
    },
    'drive-not-at-rest': {
      happened: 'Der Motor des Laufwerks {drive} ließ sich nicht anhalten.',
      meaning: 'Sein Pool ist exportiert, und es kann trotzdem abgezogen werden.',
      remedy:
        'Installiere hdparm, falls es fehlt. Manche Laufwerke und Gehäuse nehmen den Befehl nicht an, und eines ohne Motor braucht ihn nicht: Dann entferne spin_down_after aus dem Job.',
    },
    'drive-last': {
      happened: '{drive} ist das einzige Laufwerk des Jobs {job} und kann nicht allein vergessen werden.',
      meaning: 'Nichts wurde verändert, nichts ging verloren.',
      remedy: 'Entferne den Job, oder gib ihm vorher ein anderes Laufwerk.',
    },
    'drive-name-taken': {
      happened:
        'Ein anderer Pool namens {pool} ist importiert, so dass das Laufwerk {drive} nicht verbunden werden kann.',
      meaning: OLD_COPY,
      remedy: 'Exportiere zuerst den anderen Pool oder gib einem der beiden einen anderen Namen.',
    },
    'drive-in-use': {
      happened: 'Das Laufwerk {drive} konnte nicht ausgeworfen werden: Etwas benutzt es.',
      meaning: 'Was gesichert wurde, ist vollständig. Es ist noch nicht sicher, es abzuziehen.',
      remedy: 'Schließ, was Dateien darauf offen hat, und wirf es noch einmal aus.',
    },
    // Receiving
    'drive-locked': {
      happened: 'Das Laufwerk {drive} ist verschlüsselt, und seine Passphrase wird gebraucht.',
      meaning: OLD_COPY,
      remedy:
        'Entsperre es („snapferry drives unlock {drive}“) und sichere noch einmal. Mit key_file in der Konfiguration geht es ohne Nachfrage auf.',
    },
    'passphrase-wrong': {
      happened: 'Die Passphrase des Laufwerks {drive} ist eine andere.',
      meaning: SAFE,
      remedy: 'Tippe sie noch einmal. Ohne sie kann niemand lesen, was auf dem Laufwerk ist.',
    },
    'drive-unapproved': {
      happened: 'Noch hat niemand, der diesen Rechner verwaltet, der Benutzung des Laufwerks {drive} zugestimmt.',
      meaning: 'Sein Pool wurde nicht importiert, und nichts darauf wurde angetastet.',
      remedy: 'Wähle das Laufwerk beim Einrichten einer Sicherung noch einmal, und teste es.',
    },
    'disk-changed': {
      happened: 'Das Laufwerk {disk} ist nicht, was bestätigt wurde: {reason}.',
      meaning: 'Nichts darauf wurde angetastet, und kein Pool wurde angelegt.',
      remedy: 'Sieh dir die Laufwerke noch einmal an, und bestätige das richtige.',
    },
    'disk-in-use': {
      happened: 'Auf dem Laufwerk {disk} kann kein Pool angelegt werden ({reason}).',
      meaning: 'Nichts darauf wurde angetastet.',
      remedy: 'Nimm ein anderes Laufwerk. Ist dieses gemeint, gib frei, was es benutzt, und sieh noch einmal nach.',
    },
    'disk-not-confirmed': {
      happened: 'Was getippt wurde, ist nicht Modell, Seriennummer und Größe des Laufwerks {disk}.',
      meaning: 'Nichts darauf wurde angetastet.',
      remedy: 'Tippe sie so ab, wie sie gezeigt werden, nachdem du sie mit dem Aufdruck des Laufwerks verglichen hast.',
    },
    'disks-differ': {
      happened: 'Die Laufwerke eines Spiegels müssen gleich groß sein.',
      meaning: 'Nichts darauf wurde angetastet.',
      remedy: 'Nimm gleich große, oder mach aus jedem ein eigenes Laufwerk: Ein Auftrag kann mehrere haben.',
    },
    'pool-not-made': {
      happened: 'Der Pool {pool} konnte nicht angelegt werden.',
      meaning: 'Es gibt keinen solchen Pool. Von den Laufwerken: {left}.',
      remedy: 'Lies die Meldung unten, sieh dir die Laufwerke noch einmal an, und versuche es erneut.',
    },
    'pool-half-made': {
      happened:
        'Der Pool {pool} wurde angelegt, konnte aber nicht für Sicherungen vorbereitet werden. Er ist jetzt {left}.',
      meaning: 'Nichts wird darauf gesichert, und nichts benutzt ihn.',
      remedy:
        'Lies die Meldung unten. Ist er importiert, exportiere ihn („zpool export {pool}“); wähle ihn dann als Laufwerk, das schon einen Pool hat.',
    },
    'destination-modified': {
      happened: '{name} auf {host} wurde seit seinem neuesten Snapshot verändert.',
      meaning: 'Nichts wurde überschrieben.',
      remedy:
        'Behalte die Änderung (benenne das Dataset um), oder setze es von Hand auf den letzten gemeinsamen Snapshot zurück; setze readonly=on.',
    },
    'destination-exists': {
      happened: '{name} gibt es auf {host}, und es stammt nicht von diesem Job.',
      meaning: 'Nichts wurde überschrieben.',
      remedy: 'Benenne es um, oder wähle ein anderes root_fs.',
    },
    'destination-has-snapshots': {
      happened: '{name} auf {host} hat Snapshots, die dieser Job nicht gesendet hat.',
      meaning: 'Nichts wurde überschrieben.',
      remedy: 'Benenne es um, oder wähle ein anderes root_fs.',
    },
    'destination-name-taken': {
      happened: '{name} auf {host} hat unter einem Namen, der gesendet werden soll, schon einen anderen Snapshot.',
      meaning: OLD_COPY,
      remedy: 'Benenne den Snapshot dort um, oder den hier (zfs rename); der nächste Lauf geht weiter.',
    },
    'unfinished-has-children': {
      happened:
        '{name} auf {host} ist eine unfertige erste Kopie, die nicht verworfen werden kann, weil Datasets darunter liegen.',
      meaning: 'Nichts wurde gelöscht. Dieses Dataset ist nicht gesichert; was dort darunter liegt, ist wie zuvor.',
      remedy: 'Verschiebe dort, was darunter liegt (zfs rename); der nächste Lauf beginnt dann von vorn.',
    },
    'source-mismatch': {
      happened: 'Der neueste Snapshot von {name} auf {host} ist nicht die Grundlage dieses Schritts.',
      meaning: OLD_COPY,
      remedy: 'Nichts: Der nächste Lauf plant neu.',
    },
    'partial-state-present': {
      happened: '{name} auf {host} hat einen unfertigen Empfang.',
      meaning: OLD_COPY,
      remedy: 'Nichts: Der nächste Lauf setzt ihn fort oder verwirft ihn.',
    },
    'resume-needs-force': {
      happened: 'Das Fortsetzen in {name} auf {host} braucht Zwang.',
      meaning: OLD_COPY,
      remedy: 'Nichts, wenn es sich nicht wiederholt.',
    },
    'stream-truncated': {
      happened: 'Der Strom nach {name} endete zu früh.',
      meaning: 'Was angekommen ist, bleibt und wird nicht noch einmal gesendet.',
      remedy: 'Nichts: Der Job setzt fort.',
    },
    'receive-interrupted': {
      happened: 'Die Übertragung nach {name} wurde unterbrochen und kann fortgesetzt werden.',
      meaning: 'Was angekommen ist, bleibt und wird nicht noch einmal gesendet.',
      remedy: 'Nichts: Der Job setzt fort.',
    },
    'stream-refused': {
      happened: 'Der Strom nach {name} passte nicht zu dem, was auf {host} war, als er endete.',
      meaning: OLD_COPY,
      remedy:
        'Nichts, wenn dort währenddessen ein Snapshot aufgenommen wurde: Der nächste Lauf plant neu. Sonst sieh nach, ob {name} dort einen anderen Schlüssel hat.',
    },
    'property-unsupported': {
      happened: '{name} auf {host} kann eine Eigenschaft nicht haben, die dieser Job ihm setzt.',
      meaning: OLD_COPY,
      remedy:
        'Nimm die unten genannte Eigenschaft aus recv.properties dieses Jobs, oder gib Volumes einen eigenen Job.',
    },
    'encryption-mismatch': {
      happened: 'Die Verschlüsselung von {name} auf {host} passt nicht zum Strom.',
      meaning: OLD_COPY,
      remedy:
        'Roh und offen gesendet darf nicht gemischt werden. Sieh nach, ob der Schlüssel einer Seite geändert wurde.',
    },
    'key-not-loaded': {
      happened: 'Der Schlüssel von {name} auf {host} ist nicht geladen.',
      meaning: OLD_COPY,
      remedy: 'Lade den Schlüssel (zfs load-key), oder sende roh (send.encrypted: true).',
    },
    'placeholder-cannot-be-replaced': {
      happened:
        '{name} auf {host} ist ein leerer Platzhalter, dessen Verschlüsselung nicht zu dem passt, was kommen soll.',
      meaning: 'Nichts wurde gesendet oder überschrieben.',
      remedy: 'Lösche den leeren Platzhalter, wenn nichts darunter liegt; benenne ihn um, wenn doch.',
    },
    'received-other-snapshot': {
      happened: 'Nach dem Empfang ist {name} auf {host} nicht der Snapshot, der gesendet wurde.',
      meaning: 'Er zählt nicht als gesichert; er bleibt, damit man ihn ansehen kann.',
      remedy: 'Sieh dir dieses Dataset auf {host} an; jemand anders schreibt hinein.',
    },
    'received-unprotected': {
      happened: '{name} auf {host} nahm die Eigenschaft {property} nicht an.',
      meaning: 'Die Daten sind da, können dort aber verändert oder eingehängt werden.',
      remedy: 'Gib das Recht, diese Eigenschaft zu setzen, oder setze sie auf {host} von Hand.',
    },
    'received-unencrypted': {
      happened: '{name} auf {host} ist nicht verschlüsselt, obwohl dieser Job es zusagt.',
      meaning: 'Die Kopie auf {host} kann dort gelesen werden.',
      remedy: 'Lösche diese Kopie auf {host} und finde heraus, warum; für dieses Dataset steht der Job still.',
    },
    // Sending
    'send-source-gone': {
      happened: 'Ein Snapshot von {name}, der gesendet werden sollte, ist weg.',
      meaning: OLD_COPY,
      remedy: 'Nichts: Der nächste Lauf plant mit dem, was da ist.',
    },
    'resume-source-gone': {
      happened: 'Der Snapshot einer unterbrochenen Übertragung von {name} ist weg.',
      meaning: 'Diese Teilübertragung wird verworfen; stattdessen wird ein neuerer Snapshot gesendet.',
      remedy: 'Nichts: Der nächste Lauf plant neu.',
    },
    'token-corrupt': {
      happened: 'Die Marke zum Fortsetzen von {name} ist beschädigt.',
      meaning: OLD_COPY,
      remedy: 'Verwirf das Unfertige am Ziel, dort, mit: zfs receive -A. Der nächste Lauf sendet dann neu.',
    },
    'token-mismatch': {
      happened: 'Die Marke zum Fortsetzen von {name} gehört nicht zu diesem Schritt: {reason}.',
      meaning: 'Nichts wurde gesendet.',
      remedy: 'Finde heraus, wer sonst in dieses Dataset empfängt; verwirf dann dort das Unfertige.',
    },
    'encrypted-requested-but-unencrypted': {
      happened: '{name} ist nicht verschlüsselt, aber dieser Job darf nur Verschlüsseltes senden.',
      meaning: 'Nichts davon hat diesen Rechner verlassen.',
      remedy: 'Nimm es aus diesem Job, verschlüssele es, oder setze send.encrypted: false.',
    },
    'raw-policy-violated': {
      happened: '{name} ist verschlüsselt, und dieser Job sendet roh, ohne Verschlüsselung zuzusagen.',
      meaning: 'Nichts davon hat diesen Rechner verlassen.',
      remedy: 'Setze send.encrypted: true für verschlüsselte Datasets.',
    },
    'chain-flags-changed': {
      happened: '{name} wurde mit {before} an {host} gesendet; die Konfiguration sagt jetzt {now}.',
      meaning: 'Nichts wurde gesendet: Das innerhalb einer Kette zu ändern kann die Kopie beschädigen.',
      remedy: 'Stelle die Optionen zurück, oder beginne eine neue Kopie unter einem anderen root_fs.',
    },
    'encryption-root-changed': {
      happened:
        'Der Schlüssel oder die Verschlüsselungswurzel von {name} wurde geändert, seit es zuerst an {host} gesendet wurde.',
      meaning:
        'Nichts wurde gesendet: Ein weiterer roher Schritt könnte die Kopie dort unbrauchbar machen. Die Kopie ist wie zuvor.',
      remedy:
        'Versuche, die Kopie mit ihrem alten Schlüssel einzuhängen. Beginne dann eine neue Kopie unter einem anderen root_fs, oder nimm den neuen Schlüssel an mit: zfs inherit snapferry:key {name} (auf {host}).',
    },
    // Planning
    'no-access': {
      happened: '{name} gehört nicht zu diesem Job.',
      meaning: SAFE,
      remedy: 'Ändere die Datasets des Jobs, wenn es dazugehören soll.',
    },
    'root-missing': {
      happened: 'Die Wurzel {name}, unter der empfangen wird, gibt es auf {host} nicht.',
      meaning: OLD_COPY,
      remedy: 'Importiere den Pool, oder lege sie einmal an: zfs create -u -o mountpoint=none {name}',
    },
    'no-sender-versions': {
      happened: '{name} hat noch keinen Snapshot.',
      meaning: 'Es ist nicht gesichert.',
      remedy: 'Nimm einen Snapshot auf, oder warte auf den nächsten nach Plan.',
    },
    'no-common-ancestor': {
      happened: '{name} hat auf beiden Seiten Snapshots, aber keinen gemeinsamen.',
      meaning: 'Nichts wurde überschrieben. Neue Änderungen sind nicht gesichert.',
      remedy: 'Benenne die Kopie auf {host} um, damit sie bleibt; der nächste Lauf sendet dann alles.',
    },
    diverged: {
      happened: '{name} auf {host} hat neuere Snapshots, die der Sender nicht hat.',
      meaning: 'Nichts wurde überschrieben. Neue Änderungen sind nicht gesichert.',
      remedy:
        'Behalte beide: Benenne die Kopie auf {host} um. Oder lösche dort die genannten Snapshots, wenn niemand sie braucht.',
    },
    'initial-refused': {
      happened: '{name} wurde nie an {host} gesendet, und dieser Job darf nicht damit anfangen.',
      meaning: 'Es ist dort nicht gesichert.',
      remedy: 'Sende es einmal von Hand, oder setze conflict_resolution.initial_replication.',
    },
    'placeholder-conflict': {
      happened: '{name} ist auf dem Sender ein Platzhalter und auf {host} ein echtes Dataset.',
      meaning: 'Nichts wurde überschrieben.',
      remedy: 'Benenne eines von beiden um.',
    },
    'placeholder-encryption-unspecified': {
      happened:
        'Der Platzhalter {name} muss auf {host} angelegt werden, und seine Verschlüsselung ist nicht festgelegt.',
      meaning: 'Nichts wurde angelegt oder gesendet.',
      remedy: 'Setze recv.placeholder.encryption auf „inherit“ oder „off“.',
    },
    'parent-failed': {
      happened: 'Übergeordnete Datasets sind bei der ersten Replikation fehlgeschlagen: {parents}',
      meaning: 'Es ist noch nicht gesichert.',
      remedy: 'Löse zuerst das Problem des übergeordneten Datasets.',
    },
    'replan-exhausted': {
      happened: 'Der Stand von {name} änderte sich während der Planung immer wieder.',
      meaning: OLD_COPY,
      remedy: 'Ein anderes Programm arbeitet am selben Dataset; der nächste Lauf versucht es wieder.',
    },
    // Safety stops
    'clock-jumped': {
      happened: 'Die Uhr dieses Rechners ist nicht glaubhaft ({reason}).',
      meaning: 'Das Ausdünnen ruht, damit nichts zu früh gelöscht wird; repliziert wird weiter.',
      remedy:
        'Stelle die Uhr; ausgedünnt wird wieder, sobald ein Lauf sie glaubhaft findet. Geht sie schon richtig, starte den Dienst neu.',
    },
    'prune-cursor-missing': {
      happened: 'Welche Snapshots von {name} repliziert sind, ist noch nicht bekannt.',
      meaning: 'Nichts davon wird gelöscht.',
      remedy: 'Nichts: Zuerst muss eine Replikation gelingen.',
    },
    // Configuration and operation
    'config-invalid': {
      happened: 'Die Konfiguration hat Fehler.',
      meaning: 'Kein Job wurde aus ihr gestartet.',
      remedy: 'Berichtige die unten genannten Stellen; „snapferry configcheck“ zeigt alle.',
    },
    'config-not-runnable': {
      happened: 'Job {job} ist verständlich, kann von dieser Version aber nicht ausgeführt werden: {reason}.',
      meaning: 'Dieser Job läuft nicht. Er läuft nie ohne das, was er verlangt.',
      remedy: 'Entferne, was genannt ist, oder warte auf eine Version, die es kann.',
    },
    'job-unknown': {
      happened: 'Einen Job namens {job} gibt es nicht.',
      meaning: SAFE,
      remedy: '„snapferry status“ nennt die Jobs.',
    },
    'not-applicable': {
      happened: '{what} gilt nicht für Job {job}.',
      meaning: SAFE,
      remedy: 'Siehe „snapferry --help“.',
    },
    'daemon-unreachable': {
      happened: 'Der Dienst antwortet nicht: {socket}.',
      meaning: 'Ob gesichert wird, ist nicht bekannt.',
      remedy: 'Starte ihn: snapferry daemon --config DATEI',
    },
    'daemon-mismatch': {
      happened: 'Der Dienst antwortet in einer Form, die dieses Programm nicht versteht: {reason}.',
      meaning: 'Soweit bekannt, wurde durch diese Anfrage nichts verändert.',
      remedy:
        'Verwende ein Snapferry derselben Version wie der Dienst; starte den Dienst nach einer Aktualisierung neu.',
    },
    'daemon-running': {
      happened: 'An {socket} antwortet schon ein anderer Dienst.',
      meaning: 'Dieser wurde nicht gestartet; der laufende macht weiter.',
      remedy: 'Beende erst den anderen, oder gib diesem ein anderes --socket und andere Jobs.',
    },
    'socket-unusable': {
      happened: 'Der Socket {socket} kann nicht verwendet werden: {reason}.',
      meaning: SAFE,
      remedy:
        'Nimm einen Ordner, der root oder dem Benutzer des Dienstes gehört und in den sonst niemand schreiben darf.',
    },
    'state-unusable': {
      happened: 'Der Ordner {folder}, in dem der Dienst sich alles merkt, kann nicht verwendet werden: {reason}.',
      meaning: 'Gesichert wird weiter. Was seither aus den Läufen wurde, ist vergessen, wenn der Dienst endet.',
      remedy:
        'Schaffe dort Platz, oder nimm einen Ordner, der dem Benutzer des Dienstes gehört und in den sonst niemand schreiben darf.',
    },
    'request-invalid': {
      happened: 'Eine Anfrage wurde abgelehnt: {reason}.',
      meaning: SAFE,
      remedy: 'Verwende ein Programm derselben Version wie der Dienst.',
    },
    'edit-refused': {
      happened: 'So lässt sich die Konfiguration nicht ändern: {reason}.',
      meaning: 'Nichts wurde geschrieben.',
      remedy: 'Wenn es trotzdem so sein soll, ändere die Datei selbst; danach: snapferry config reload',
    },
    'config-changed': {
      happened: 'Die Konfiguration ist nicht mehr die, für die diese Änderung gemacht wurde.',
      meaning: 'Nichts wurde geschrieben: Jemand hat die Datei inzwischen geändert.',
      remedy: 'Sieh dir die Datei an, wie sie jetzt ist, und ändere sie noch einmal.',
    },
    'config-protected': {
      happened: 'Das lässt sich nur in der Datei selbst festlegen: {what}.',
      meaning: 'Nichts wurde geschrieben.',
      remedy: 'Bearbeite {file} als root; danach: snapferry config reload',
    },
    'config-unwritable': {
      happened: 'Die Konfiguration konnte nicht geschrieben werden: {reason}.',
      meaning: 'Die Datei ist, wie sie war. Gesichert wird weiter.',
      remedy: 'Schaffe Platz, oder sieh nach, wer in ihren Ordner schreiben darf.',
    },
    'job-disabled': {
      happened: 'Der Job {job} ist in der Konfiguration ausgeschaltet.',
      meaning: 'Er legt keine Snapshots an und sendet nichts. Was er angelegt hat, bleibt.',
      remedy: 'Schalte ihn ein: snapferry config enable {job}',
    },
    'confirmation-needed': {
      happened: 'Ein Administrator muss zustimmen: {what}',
      meaning: 'Noch wurde nichts davon getan.',
      remedy: 'Innerhalb von {minutes} Minuten, als root: snapferry confirm {nonce}',
    },
    'consent-unknown': {
      happened: 'Unter dieser Nummer gibt es nichts zu bestätigen.',
      meaning:
        'Nichts wurde getan. Es wurde schon bestätigt oder abgelehnt, seine Zeit ist um, oder es hat es nie gegeben.',
      remedy: 'Verlange es noch einmal, und bestätige das.',
    },
    'consent-mismatch': {
      happened: 'Die Anfrage kann nicht bestätigt werden: {reason}.',
      meaning: 'Nichts wurde getan, und sie kann nicht mehr bestätigt werden.',
      remedy: 'Verlange es noch einmal, und vergleiche, was gezeigt wird, bevor du zustimmst.',
    },
    'consent-refused': {
      happened: 'Kein Administrator hat zugestimmt: {reason}.',
      meaning: 'Nichts wurde getan.',
      remedy: 'Verlange es noch einmal, wenn du es noch willst.',
    },
    'not-permitted': {
      happened: 'Das darf nur root.',
      meaning: SAFE,
      remedy: 'Nimm sudo, oder pkexec auf einem Desktop.',
    },
    'limit-reached': {
      happened: 'Der Dienst wurde zu viel gefragt: {reason}.',
      meaning: 'Diese Anfrage wurde nicht ausgeführt. Gesichert wird weiter.',
      remedy: 'Warte einen Augenblick; sieh nach, ob ein Programm immer wieder fragt.',
    },
    'request-timeout': {
      happened: '„{what}“ war nach {seconds} Sekunden nicht fertig.',
      meaning: 'Wie weit es kam, ist nicht bekannt. Gesichert wird weiter.',
      remedy: 'Sieh nach dem Stand, und ob der andere Rechner antwortet.',
    },
    internal: {
      happened: 'Eine Prüfung innerhalb von Snapferry ist fehlgeschlagen: {reason}.',
      meaning: 'Die Arbeit wurde angehalten, bevor sie schaden konnte.',
      remedy: 'Melde es zusammen mit dem Text unten.',
    },
  };
