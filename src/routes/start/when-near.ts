/** when-near — an attachment: calls once when the element is nearly in view, or the page has been there for a while */

const nearPx = 400;
const whileMs = 3000;

/** For parts of a page that the first screen does not wait for. */
export function whenNear(then: () => void): (element: Element) => () => void {
  return (element) => {
    const near = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && now(),
      {
        rootMargin: `${nearPx}px`,
      },
    );
    near.observe(element);
    const timer = window.setTimeout(now, whileMs);
    function end(): void {
      near.disconnect();
      window.clearTimeout(timer);
    }
    function now(): void {
      end();
      then();
    }
    return end;
  };
}
