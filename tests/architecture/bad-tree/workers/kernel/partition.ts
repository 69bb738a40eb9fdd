export const partition = 1;
