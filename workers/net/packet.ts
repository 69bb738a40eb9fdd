/**
 * packet — what travels between hosts: an IPv4 packet with its TCP segment, UDP datagram or ICMP message
 *
 * Plain data that survives structured clone. Addresses are dotted text.
 */
import type { Arrival } from '../kernel/partition.ts';

/** TCP flags, RFC 9293 §3.1. */
export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;

export interface TcpPacket extends Arrival {
  protocol: 'tcp';
  from: string;
  fromPort: number;
  to: string;
  toPort: number;
  seq: number;
  ack: number;
  flags: number;
  window: number;
  payload: Uint8Array;
}

export interface UdpPacket extends Arrival {
  protocol: 'udp';
  from: string;
  fromPort: number;
  to: string;
  toPort: number;
  payload: Uint8Array;
}

/** ICMP port unreachable for a datagram (RFC 1122 §3.2.2.1). */
export interface IcmpPacket extends Arrival {
  protocol: 'icmp';
  from: string;
  to: string;
  /** the ports of the datagram that could not be delivered */
  fromPort: number;
  toPort: number;
}

export type Packet = TcpPacket | UdpPacket | IcmpPacket;

const ipHeaderBytes = 20;
const tcpHeaderBytes = 20;
const udpHeaderBytes = 8;

/** Octets on the wire above the link layer. */
export function packetBytes(packet: Packet): number {
  if (packet.protocol === 'tcp') return ipHeaderBytes + tcpHeaderBytes + packet.payload.length;
  if (packet.protocol === 'udp') return ipHeaderBytes + udpHeaderBytes + packet.payload.length;
  return ipHeaderBytes + 36;
}
