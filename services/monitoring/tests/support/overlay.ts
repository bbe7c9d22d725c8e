import { create, type DescMessage, type MessageInitShape, type MessageShape } from "@bufbuild/protobuf";

/** A message in which the fields of the change take the place of the usual ones as a whole. */
export function overlay<S extends DescMessage>(
  schema: S,
  usual: MessageInitShape<S>,
  change: MessageInitShape<S>,
): MessageShape<S> {
  const made = create(schema, usual);
  const given = create(schema, change);
  for (const key of Object.keys(change)) Reflect.set(made, key, Reflect.get(given, key));
  return made;
}
