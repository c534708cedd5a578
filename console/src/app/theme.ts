// Light, dark, or as the system has it. The choice is kept by the browser.
import { useEffect, useState } from 'react'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const kept = 'remote_rel:theme'

const read = (): Theme => themes.find((theme) => theme === localStorage.getItem(kept)) ?? 'system'

export const useTheme = (): [Theme, (theme: Theme) => void] => {
  const [theme, setTheme] = useState<Theme>(read)
  useEffect(() => {
    document.documentElement.dataset.theme = theme
    localStorage.setItem(kept, theme)
  }, [theme])
  return [theme, setTheme]
}
