/** No more calls than memory has room for: while Redis is away, they wait here. */
export interface Allowance {
  /** Counts a call until the function that it gives is called. @throws {Error} where too many wait already */
  enter(): () => void;
}

const MAX_CALLS = 2000;

export function createAllowance(): Allowance {
  let calls = 0;
  return {
    enter() {
      if (calls >= MAX_CALLS) throw new Error('Redis is too slow or away: too many calls wait for it already.');
      calls += 1;
      return () => void (calls -= 1);
    },
  };
}
