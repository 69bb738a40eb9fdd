/** units — the course, in the order a mail meets things */
export const units: readonly { number: number; name: string }[] = [
  { number: 1, name: 'What is e-mail?' },
  { number: 2, name: 'The message' },
  { number: 3, name: 'The header' },
  { number: 4, name: 'SMTP' },
  { number: 5, name: 'Zimbra’s parts' },
  { number: 6, name: 'Queues' },
  { number: 7, name: 'Configuring' },
  { number: 8, name: 'Receiving' },
  { number: 9, name: 'Spam and virus' },
  { number: 10, name: 'DNS and MX' },
  { number: 11, name: 'Logs' },
  { number: 12, name: 'Beyond' },
];
