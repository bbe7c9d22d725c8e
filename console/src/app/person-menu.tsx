import { Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { chooseLanguage, type Language, languages } from "../i18n/language.ts";
import { setShortcutsEnabled, shortcutsEnabled } from "../lib/shortcuts-setting.ts";
import { roleWords } from "../lib/words/role-words.ts";
import { endSession, type Person } from "./session.ts";
import classes from "./shell.module.css";

const languageNames: Record<Language, string> = { ru: "Русский", en: "English" };
const schemes = ["auto", "light", "dark"] as const;

/** Who is signed in, and the settings that are theirs: language, light or dark, shortcuts. */
export function PersonMenu({ person, onHelp }: { person: Person | undefined; onHelp: () => void }) {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [shortcuts, setShortcuts] = useState(shortcutsEnabled);
  const toggleShortcuts = () => {
    setShortcutsEnabled(!shortcuts);
    setShortcuts(!shortcuts);
  };
  return (
    <div className={classes.person}>
      <Menu position="bottom-end" width={230} shadow="md">
        <Menu.Target>
          <UnstyledButton className={classes.personButton} title={t("common.menu.label")}>
            <span>{person?.name ?? t("common.menu.language")}</span>
            {person && <small>{roleWords(person.roles, t)}</small>}
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t("common.menu.language")}</Menu.Label>
          {languages.map((language) => (
            <Menu.Item
              key={language}
              lang={language}
              rightSection={i18n.language === language ? "✓" : undefined}
              onClick={() => void chooseLanguage(i18n, language)}
            >
              {languageNames[language]}
            </Menu.Item>
          ))}
          <Menu.Label>{t("common.menu.theme")}</Menu.Label>
          {schemes.map((scheme) => (
            <Menu.Item
              key={scheme}
              rightSection={colorScheme === scheme ? "✓" : undefined}
              onClick={() => setColorScheme(scheme)}
            >
              {t(`common.theme.${scheme}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item rightSection={shortcuts ? t("common.on") : t("common.off")} onClick={toggleShortcuts}>
            {t("common.menu.shortcuts")}
          </Menu.Item>
          <Menu.Item rightSection="?" onClick={onHelp}>
            {t("common.help.title")}
          </Menu.Item>
          {person && (
            <>
              <Menu.Divider />
              <Menu.Item onClick={endSession}>{t("common.menu.signOut")}</Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
