;;; hexplain.el --- Explain error codes in logs, with eglot  -*- lexical-binding: t -*-

;;; Commentary:
;; Starts the language server `hexplain lsp' in logs.  Requires Emacs 30; see README.md.

;;; Code:
(require 'eglot)

(define-derived-mode hexplain-log-mode text-mode "Log"
  "Major mode for logs, whose error codes hexplain explains.")

(add-to-list 'auto-mode-alist '("\\.lo[g_]\\(\\.[0-9]+\\)?\\'" . hexplain-log-mode))

(add-to-list 'eglot-server-programs
             '((hexplain-log-mode :language-id "log")
               . ("hexplain" "lsp" :initializationOptions (:clientCommands ["hexplain.copy"]))))

(add-hook 'hexplain-log-mode-hook #'eglot-ensure)

;; The code actions that copy put their text on the kill ring, and so on the clipboard.
(cl-defmethod eglot-execute :around (_server (action list))
  (if (equal (plist-get action :command) "hexplain.copy")
      (progn (kill-new (aref (plist-get action :arguments) 0))
             (message "hexplain: copied"))
    (cl-call-next-method)))

(provide 'hexplain)
;;; hexplain.el ends here
