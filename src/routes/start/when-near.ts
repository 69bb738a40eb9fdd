/** when-near — an attachment: calls once when the element comes into view, or the page has been there for a while */

const whileMs = 3000;

/** For parts of a page that the first screen does not wait for. */
export function whenNear(then: () => void): (element: Element) => () => void {
  return (element) => {
    // Not before: what lies just below the first screen would be fetched while the simulation starts.
    const near = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && now(),
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
