import { useQuery } from "@tanstack/react-query";
import { type DevUser, fetchDevUsers } from "./dev-users.ts";

/** Who has one of the roles. Until an identity provider can list people, they are those of development mode; elsewhere nobody is known. */
export function usePeople(roles: readonly string[], { enabled = true } = {}): DevUser[] {
  const { data } = useQuery({
    queryKey: ["dev-users"],
    queryFn: ({ signal }) => fetchDevUsers(signal),
    enabled,
    retry: false,
  });
  const people = Array.isArray(data) ? data : [];
  return people.filter((person) => person.roles.some((role) => roles.includes(role)));
}
