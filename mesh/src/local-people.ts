import type { Role } from "@dozor/runtime/auth";

export type LocalPerson = { subject: string; name: string; roles: readonly Role[] };

/** Who may sign in to a mesh on one's own machine, one per role and a second analyst, so that two can want the same task. */
export const localPeople: readonly LocalPerson[] = [
  { subject: "viewer", name: "Вера Смотрова", roles: ["viewer"] },
  { subject: "analyst", name: "Анна Ветрова", roles: ["analyst"] },
  { subject: "analyst-2", name: "Борис Климов", roles: ["analyst"] },
  { subject: "lead", name: "Лариса Орлова", roles: ["lead"] },
  { subject: "integration_admin", name: "Игорь Стыков", roles: ["integration_admin"] },
  { subject: "operator", name: "Олег Дежурный", roles: ["operator"] },
];
