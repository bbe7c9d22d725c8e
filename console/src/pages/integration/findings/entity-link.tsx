import { Link } from "@tanstack/react-router";

/** An entity of registry by its id, with the way to its trace. */
export function EntityLink({ id }: { id: string }) {
  if (id === "") return null;
  return (
    <Link to="/integration/trace" search={{ entity: id }} className="mono">
      {id}
    </Link>
  );
}
