/** follow-end — an attachment that keeps the newest row of a list in sight, unless the reader scrolled up */

/** @param rows read to notice that rows came */
export function followEnd(rows: () => unknown): (list: HTMLElement) => () => void {
  return (list) => {
    let follows = true;
    const onScroll = () => (follows = list.scrollHeight - list.scrollTop - list.clientHeight < 40);
    list.addEventListener('scroll', onScroll, { passive: true });
    $effect(() => {
      rows();
      if (follows) list.scrollTop = list.scrollHeight;
    });
    return () => list.removeEventListener('scroll', onScroll);
  };
}
