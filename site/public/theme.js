// Before anything is painted: that there are scripts, and the colours that the visitor chose here, if they chose any.
document.documentElement.dataset.js = '';
try {
  const theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // No storage: the system's colours.
}
