import type { Plugin } from 'vite';

export function plainMembers(options: { short: boolean }): Plugin;
