/**
 * pcapng — capture files of several interfaces, with host names and the secrets of TLS
 *
 *  +--------------------+
 *  | section header     |   once: what wrote it, and about what
 *  | interface …        |   one per cable, numbered 0, 1, 2…
 *  | names              |   whose addresses are whose
 *  | secrets            |   lines of SSLKEYLOGFILE; before the packets they open
 *  | packet …           |   in order of time
 *  +--------------------+
 *
 * Blocks are written one by one and are the file when joined; all numbers big-endian.
 *
 * STANDARDS  draft-ietf-opsawg-pcapng §3 and §4
 * SEE ALSO   ip-packet.ts (the packets), pcap.ts (the older format)
 */
import { ByteWriter } from '../../bytes/byte-writer.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { addressNumber } from './ip-packet.ts';
import { linkTypeRaw } from './pcap.ts';

const blockSection = 0x0a0d0d0a;
const blockInterface = 1;
const blockNames = 4;
const blockPacket = 6;
const blockSecrets = 10;
const byteOrderMagic = 0x1a2b3c4d;
const secretsTlsKeyLog = 0x544c534b; // "TLSK"
const recordIpv4 = 1;

const optionEnd = 0;
const optionComment = 1;
const optionApplication = 4;
const optionInterfaceName = 2;
const optionInterfaceDescription = 3;
const optionPacketFlags = 2;

const wordValues = 0x100000000;

/** A packet as one interface saw it. */
export interface InterfacePacket {
  /** number of the interface, in the order in which they were written */
  on: number;
  /** microseconds since 1970-01-01 00:00 UTC */
  epochUs: number;
  packet: Uint8Array;
  /** as the host whose interface it is sees it; left out on a cable */
  direction?: 'in' | 'out';
  /** a remark for the reader, "lost on the link" */
  comment?: string;
}

/** The first block. @param comment what was captured, in words */
export function sectionBlock({ application, comment }: { application: string; comment: string }): Uint8Array {
  return block(blockSection, (writer) => {
    writer.u32(byteOrderMagic);
    writer.u16(1);
    writer.u16(0);
    writer.u32(0xffffffff); // the section's length is not said: it ends with the file
    writer.u32(0xffffffff);
    writeText(writer, optionComment, comment);
    writeText(writer, optionApplication, application);
    writeEnd(writer);
  });
}

/** An interface whose packets begin with their IP header. Times are in microseconds, as is the default. */
export function interfaceBlock({ name, description }: { name: string; description: string }): Uint8Array {
  return block(blockInterface, (writer) => {
    writer.u16(linkTypeRaw);
    writer.u16(0);
    writer.u32(0); // packets are whole
    writeText(writer, optionInterfaceName, name);
    writeText(writer, optionInterfaceDescription, description);
    writeEnd(writer);
  });
}

/** Whose address is whose. */
export function namesBlock(hosts: readonly { address: string; name: string }[]): Uint8Array {
  return block(blockNames, (writer) => {
    for (const { address, name } of hosts) {
      const text = utf8.encode(name);
      writer.u16(recordIpv4);
      writer.u16(4 + text.length + 1);
      writer.u32(addressNumber(address));
      writer.bytes(text);
      writer.u8(0);
      pad(writer);
    }
    writer.u16(0);
    writer.u16(0);
  });
}

/** Lines of SSLKEYLOGFILE, each with its line end. */
export function secretsBlock(keyLog: string): Uint8Array {
  const text = utf8.encode(keyLog);
  return block(blockSecrets, (writer) => {
    writer.u32(secretsTlsKeyLog);
    writer.u32(text.length);
    writer.bytes(text);
    pad(writer);
  });
}

export function packetBlock({ on, epochUs, packet, direction, comment }: InterfacePacket): Uint8Array {
  return block(blockPacket, (writer) => {
    writer.u32(on);
    writer.u32(Math.floor(epochUs / wordValues));
    writer.u32(epochUs % wordValues);
    writer.u32(packet.length);
    writer.u32(packet.length);
    writer.bytes(packet);
    pad(writer);
    if (direction === undefined && comment === undefined) return;
    if (comment !== undefined) writeText(writer, optionComment, comment);
    if (direction !== undefined) {
      writer.u16(optionPacketFlags);
      writer.u16(4);
      writer.u32(direction === 'in' ? 1 : 2);
    }
    writeEnd(writer);
  });
}

// The length stands at both ends, so that a file can be read backwards.
function block(type: number, writeBody: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter(256);
  writer.u32(type);
  writer.u32(0);
  writeBody(writer);
  const length = writer.length + 4;
  writer.u32(length);
  writer.u16At(4, length >>> 16);
  writer.u16At(6, length & 0xffff);
  return writer.finish();
}

function writeText(writer: ByteWriter, option: number, text: string): void {
  if (text === '') return;
  const bytes = utf8.encode(text).subarray(0, 0xffff);
  writer.u16(option);
  writer.u16(bytes.length);
  writer.bytes(bytes);
  pad(writer);
}

function writeEnd(writer: ByteWriter): void {
  writer.u16(optionEnd);
  writer.u16(0);
}

function pad(writer: ByteWriter): void {
  while (writer.length % 4 !== 0) writer.u8(0);
}
