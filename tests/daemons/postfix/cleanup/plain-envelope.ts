import type { MailEnvelope } from '../../../../workers/daemons/postfix/cleanup/mail-stream.ts';

/** Mail from s@sender.example that c.example handed in; nothing is asked of cleanup but the usual. */
export function plainEnvelope(arrived: number): MailEnvelope {
  return {
    sender: 's@sender.example',
    arrived,
    encoding: '7bit',
    envelopeId: '',
    returnContent: '',
    client: {
      name: 'c.example',
      address: '192.0.2.9',
      port: '1',
      protocol: 'ESMTP',
      helo: 'c',
      ident: '',
      source: 'REMOTE',
    },
    smtpUtf8: false,
    noHeaderBodyChecks: false,
    noAddressMappings: false,
    noCopies: false,
    filter: '',
    hold: false,
    redirect: '',
    discard: false,
  };
}
