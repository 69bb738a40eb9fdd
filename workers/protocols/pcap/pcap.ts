/**
 * pcap — capture files as tcpdump -w writes them: a header, then packets with their times
 *
 * SYNOPSIS   file = pcapHeader(), then pcapPacket(…) per packet; readPcap(file) gives them back
 *
 *  +---------------+-------+-------+---------+---------+---------+----------+
 *  | magic         | major | minor | zone: 0 | sig.: 0 | snaplen | linktype |   the file, once
 *  +---------------+-------+-------+---------+---------+---------+----------+
 *  | seconds | microseconds | octets here | octets on the wire | the packet |   each packet
 *  +---------+--------------+-------------+--------------------+------------+
 *
 * Written big-endian, read in either order. Packets begin with their IP header (link type RAW).
 *
 * STANDARDS  draft-ietf-opsawg-pcap, pcap-savefile(5)
 * ERRORS     DecodeError: not a capture, another link type, damaged
 * SEE ALSO   ip-packet.ts (the packets), pcapng.ts (several interfaces, names, secrets)
 */
import { ByteReader, DecodeError } from '../../bytes/byte-reader.ts';
import { ByteWriter } from '../../bytes/byte-writer.ts';

/** LINKTYPE_RAW: packets begin with their IP header. */
export const linkTypeRaw = 101;

/** A packet of a capture. */
export interface CapturedPacket {
  /** microseconds since 1970-01-01 00:00 UTC */
  epochUs: number;
  /** as encodeTcpPacket and encodeUdpPacket give it */
  packet: Uint8Array;
}

const magic = 0xa1b2c3d4; // times in microseconds
const magicNanoseconds = 0xa1b23c4d;
const packetBytesMax = 262144; // MAXIMUM_SNAPLEN of libpcap
const second = 1_000_000;

/** What a file begins with, 24 octets. */
export function pcapHeader(): Uint8Array {
  const writer = new ByteWriter(24);
  writer.u32(magic);
  writer.u16(2);
  writer.u16(4);
  writer.u32(0);
  writer.u32(0);
  writer.u32(packetBytesMax);
  writer.u32(linkTypeRaw);
  return writer.finish();
}

/** One packet of the file, to be appended. */
export function pcapPacket({ epochUs, packet }: CapturedPacket): Uint8Array {
  const writer = new ByteWriter(16 + packet.length);
  writer.u32(Math.floor(epochUs / second));
  writer.u32(epochUs % second);
  writer.u32(packet.length);
  writer.u32(packet.length);
  writer.bytes(packet);
  return writer.finish();
}

/** All packets of a file, in its order. A last packet that is cut short is an error, as for tcpdump -r. */
export function readPcap(file: Uint8Array): CapturedPacket[] {
  const head = new ByteReader(file);
  const order = byteOrder(head.u32());
  const reader = new ByteReader(file, 4);
  const u32 = () => (order.swapped ? swap(reader.u32()) : reader.u32());
  reader.take(16);
  const linkType = u32() & 0xffff; // the upper bits tell of a frame check sequence
  if (linkType !== linkTypeRaw)
    throw new DecodeError(20, `expected link type ${linkTypeRaw} (RAW), found ${linkType}`);
  const packets: CapturedPacket[] = [];
  while (reader.remaining > 0) {
    const seconds = u32();
    const fraction = Math.floor(u32() / order.perMicrosecond);
    const length = u32();
    if (length > packetBytesMax)
      throw new DecodeError(reader.offset - 4, `a packet of ${length} octets; at most ${packetBytesMax} are`);
    u32();
    packets.push({ epochUs: seconds * second + fraction, packet: reader.take(length) });
  }
  return packets;
}

function byteOrder(first: number): { swapped: boolean; perMicrosecond: number } {
  if (first === magic) return { swapped: false, perMicrosecond: 1 };
  if (first === magicNanoseconds) return { swapped: false, perMicrosecond: 1000 };
  if (first === swap(magic)) return { swapped: true, perMicrosecond: 1 };
  if (first === swap(magicNanoseconds)) return { swapped: true, perMicrosecond: 1000 };
  throw new DecodeError(0, `expected the magic number a1b2c3d4, found ${first.toString(16)}`);
}

function swap(word: number): number {
  return (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
