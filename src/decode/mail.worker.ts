/** mail.worker — mailparser in a worker of its own, loaded when the first message is opened */
import './shims/globals.ts';

import { expose } from 'comlink';

import { parseMail } from './parse-mail.ts';
import type { MailWorkerApi } from './parsed-mail.ts';

expose({ parse: parseMail } satisfies MailWorkerApi);
