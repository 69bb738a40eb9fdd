/**
 * file-size — how many octets the queue file of the real cleanup(8) takes for a message
 *
 * message_size_limit is the largest queue file, envelope included, so a message may be refused whose content
 * is below it. Our files have other records (queue-file.ts); what the real ones take is counted here.
 *
 * SEE ALSO  postconf(5) message_size_limit, rec_type(3)
 */
import { SECOND } from '../../../os/os.ts';

import type { QueueFile } from './queue-file.ts';

const LF = 10;
const sizeRecord = 97; // six numbers in 15 columns
const fixedOctets = 2; // type and length of a record
const addressTypeOctets = 'client_address_type=2'.length;

/** The octets of the real file. @param lineBytesMax line_length_limit: longer lines take several records */
export function fileOctets(file: QueueFile, content: readonly Uint8Array[], lineBytesMax: number): number {
  const { client } = file;
  let octets = sizeRecord + record(String(Math.floor(file.arrived / SECOND)).length + ' 123456'.length + 5);
  octets += attribute('create_time', '1700000000') + attribute('log_ident', client.ident);
  if (file.filter !== '') octets += record(file.filter.length);
  octets +=
    attribute('rewrite_context', client.source === 'LOCAL' ? 'local' : 'remote') + record(file.sender.length);
  octets += attribute('encoding', file.encoding) + attribute('envelope_id', file.envelopeId);
  octets += attribute('ret_flags', file.returnContent === '' ? '' : '1') + record(addressTypeOctets);
  octets += attribute('log_message_origin', `${client.name}[${client.address}]`);
  // What was told of the first client, and what is known of the one that is connected.
  for (const prefix of ['log_client_', 'client_', 'log_', '']) {
    if (prefix.endsWith('client_')) {
      octets += attribute(`${prefix}name`, client.name) + attribute(`${prefix}address`, client.address);
      octets += attribute(`${prefix}port`, client.port);
    } else
      octets +=
        attribute(`${prefix}helo_name`, client.helo) + attribute(`${prefix}protocol_name`, client.protocol);
  }
  const [serverAddress = '', serverPort = ''] = file.server.split(':');
  octets += attribute('reverse_client_name', client.name) + attribute('server_address', serverAddress);
  octets += attribute('server_port', serverPort);
  for (const recipient of file.recipients) {
    octets += attribute('dsn_orig_rcpt', recipient.dsnOriginalRecipient);
    octets += attribute('notify_flags', recipient.notify === '' ? '' : '1');
    octets += record(recipient.originalAddress.length) + record(recipient.address.length);
  }
  return octets + 3 * fixedOctets + contentOctets(content, lineBytesMax); // M, X, E
}

function attribute(name: string, value: string): number {
  return value === '' ? 0 : record(name.length + 1 + value.length);
}

// Seven bits of the length in an octet.
function record(length: number): number {
  return length + (length < 1 << 7 ? 2 : length < 1 << 14 ? 3 : 4);
}

// A record for each line, without its CRLF.
function contentOctets(content: readonly Uint8Array[], lineBytesMax: number): number {
  let octets = 0;
  let length = 0;
  for (const piece of content)
    for (let at = 0; at < piece.length;) {
      const lf = piece.indexOf(LF, at);
      length += (lf === -1 ? piece.length : lf + 1) - at;
      if (lf === -1) break;
      for (length -= 2; length > lineBytesMax; length -= lineBytesMax) octets += record(lineBytesMax);
      octets += record(length);
      length = 0;
      at = lf + 1;
    }
  return octets;
}
