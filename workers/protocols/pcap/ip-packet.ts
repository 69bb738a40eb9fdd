/**
 * ip-packet — IPv4 packets with TCP segments and UDP datagrams, as they would lie on a cable
 *
 * Encodes with all checksums, decodes what it encodes and what other stacks write. There is no layer below:
 * a capture of these has link type RAW.
 *
 * STANDARDS  RFC 791 §3.1 (IPv4), RFC 9293 §3.1 (TCP), RFC 768 (UDP), RFC 1071 (checksum), RFC 6864 §4.1
 *            (identification 0 where nothing is fragmented)
 * ERRORS     DecodeError: truncated, no IPv4, or neither TCP nor UDP
 */
import { ByteReader, DecodeError } from '../../bytes/byte-reader.ts';
import { ByteWriter } from '../../bytes/byte-writer.ts';

/** A datagram with the addresses it travels under: dotted IPv4, ports 0–65535. */
export interface IpDatagram {
  from: string;
  fromPort: number;
  to: string;
  toPort: number;
  payload: Uint8Array;
}

/** A segment. flags: bit 0 FIN, 1 SYN, 2 RST, 3 PSH, 4 ACK. */
export interface IpSegment extends IpDatagram {
  seq: number;
  ack: number;
  flags: number;
  window: number;
}

const ipHeaderBytes = 20;
const tcpHeaderBytes = 20;
const udpHeaderBytes = 8;
const packetBytesMax = 65535; // RFC 791 §3.1: the total length has 16 bits
const protocolTcp = 6;
const protocolUdp = 17;
const dontFragment = 0x4000;
const timeToLive = 64; // RFC 1700: the default of hosts

/** @param segment what lies beyond 65,535 octets of packet is cut off */
export function encodeTcpPacket(segment: IpSegment): Uint8Array {
  const body = new ByteWriter(tcpHeaderBytes + segment.payload.length);
  body.u16(segment.fromPort);
  body.u16(segment.toPort);
  body.u32(segment.seq);
  body.u32(segment.ack);
  body.u8((tcpHeaderBytes / 4) << 4);
  body.u8(segment.flags);
  body.u16(Math.min(segment.window, 0xffff));
  body.u16(0);
  body.u16(0);
  body.bytes(segment.payload.subarray(0, packetBytesMax - ipHeaderBytes - tcpHeaderBytes));
  body.u16At(16, checksum(body.finish(), pseudoHeaderSum(segment, protocolTcp, body.length)));
  return ipPacket(segment, protocolTcp, body.finish());
}

/** @param datagram what lies beyond 65,535 octets of packet is cut off */
export function encodeUdpPacket(datagram: IpDatagram): Uint8Array {
  const payload = datagram.payload.subarray(0, packetBytesMax - ipHeaderBytes - udpHeaderBytes);
  const body = new ByteWriter(udpHeaderBytes + payload.length);
  body.u16(datagram.fromPort);
  body.u16(datagram.toPort);
  body.u16(udpHeaderBytes + payload.length);
  body.u16(0);
  body.bytes(payload);
  const sum = checksum(body.finish(), pseudoHeaderSum(datagram, protocolUdp, body.length));
  body.u16At(6, sum === 0 ? 0xffff : sum); // RFC 768: zero would say that there is none
  return ipPacket(datagram, protocolUdp, body.finish());
}

/** What a packet carries. Checksums are not looked at; options of IP and TCP are skipped. */
export function decodeIpPacket(
  packet: Uint8Array,
): { protocol: 'tcp'; segment: IpSegment } | { protocol: 'udp'; datagram: IpDatagram } {
  const reader = new ByteReader(packet);
  const first = reader.u8();
  if (first >>> 4 !== 4) throw new DecodeError(0, `expected IP version 4, found ${first >>> 4}`);
  const headerBytes = (first & 0xf) * 4;
  if (headerBytes < ipHeaderBytes) throw new DecodeError(0, `an IP header of ${headerBytes} octets`);
  reader.u8();
  const length = reader.u16();
  if (length < headerBytes || length > packet.length)
    throw new DecodeError(2, `expected a total length of at most ${packet.length}, found ${length}`);
  reader.take(5);
  const protocol = reader.u8();
  reader.u16();
  const from = reader.take(4).join('.');
  const to = reader.take(4).join('.');
  const body = new ByteReader(packet.subarray(headerBytes, length));
  if (protocol === protocolTcp) return { protocol: 'tcp', segment: decodeSegment(body, from, to) };
  if (protocol === protocolUdp) return { protocol: 'udp', datagram: decodeDatagram(body, from, to) };
  throw new DecodeError(9, `expected protocol 6 (TCP) or 17 (UDP), found ${protocol}`);
}

function decodeSegment(body: ByteReader, from: string, to: string): IpSegment {
  const ends = { from, fromPort: body.u16(), to, toPort: body.u16() };
  const numbers = { seq: body.u32(), ack: body.u32() };
  const headerBytes = (body.u8() >>> 4) * 4;
  if (headerBytes < tcpHeaderBytes) throw new DecodeError(12, `a TCP header of ${headerBytes} octets`);
  const flags = body.u8();
  const window = body.u16();
  body.take(4 + headerBytes - tcpHeaderBytes);
  return { ...ends, ...numbers, flags, window, payload: body.take(body.remaining) };
}

function decodeDatagram(body: ByteReader, from: string, to: string): IpDatagram {
  const ends = { from, fromPort: body.u16(), to, toPort: body.u16() };
  const length = body.u16();
  if (length < udpHeaderBytes) throw new DecodeError(4, `a UDP datagram of ${length} octets`);
  body.u16();
  return { ...ends, payload: body.take(length - udpHeaderBytes) };
}

function ipPacket({ from, to }: IpDatagram, protocol: number, body: Uint8Array): Uint8Array {
  const packet = new ByteWriter(ipHeaderBytes + body.length);
  packet.u8(0x45); // version 4, a header of five words
  packet.u8(0);
  packet.u16(ipHeaderBytes + body.length);
  packet.u16(0);
  packet.u16(dontFragment);
  packet.u8(timeToLive);
  packet.u8(protocol);
  packet.u16(0);
  packet.u32(addressNumber(from));
  packet.u32(addressNumber(to));
  packet.u16At(10, checksum(packet.finish(), 0));
  packet.bytes(body);
  return packet.finish();
}

/** A dotted address as 32 bits; what is none is 0.0.0.0. */
export function addressNumber(address: string): number {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || !parts.every((part) => part >= 0 && part <= 255)) return 0;
  return ((parts[0]! << 24) | (parts[1]! << 16) | (parts[2]! << 8) | parts[3]!) >>> 0;
}

// RFC 9293 §3.1: addresses, protocol and length are summed with the segment.
function pseudoHeaderSum({ from, to }: IpDatagram, protocol: number, length: number): number {
  const words = [addressNumber(from), addressNumber(to)].flatMap((word) => [word >>> 16, word & 0xffff]);
  return words.reduce((sum, word) => sum + word, protocol + length);
}

// RFC 1071 §4.1.
function checksum(bytes: Uint8Array, initial: number): number {
  let sum = initial;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
