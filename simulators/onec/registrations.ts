/** The queue of changes registered for one receiver: every object at most once, in the order of its last write. */
export interface Registrations {
  register(slot: number): void;
  /** The first `limit` registered objects, oldest first; they stay registered. */
  first(limit: number): number[];
  drop(slot: number): void;
  has(slot: number): boolean;
  waiting(): number;
}

export function makeRegistrations(): Registrations {
  // A place in `order` counts only while `places` points back to it, so that dropping costs nothing.
  const order: number[] = [];
  const places: (number | undefined)[] = [];
  let head = 0;
  let waiting = 0;
  const isLive = (place: number) => places[order[place] ?? -1] === place;
  return {
    register: (slot) => {
      if (places[slot] === undefined) waiting++;
      places[slot] = order.length;
      order.push(slot);
    },
    first: (limit) => {
      while (head < order.length && !isLive(head)) head++;
      const slots: number[] = [];
      for (let place = head; place < order.length && slots.length < limit; place++) {
        const slot = order[place];
        if (slot !== undefined && isLive(place)) slots.push(slot);
      }
      return slots;
    },
    drop: (slot) => {
      if (places[slot] === undefined) return;
      places[slot] = undefined;
      waiting--;
    },
    has: (slot) => places[slot] !== undefined,
    waiting: () => waiting,
  };
}
