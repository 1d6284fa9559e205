;;; test.el --- A log in a real Emacs  -*- lexical-binding: t -*-

;;; Code:
(defvar failed 0)

(defun check (name holds)
  "Print whether the check NAME HOLDS."
  (message "%s %s" (if holds "ok     " "FAILED ") name)
  (unless holds (setq failed (1+ failed))))

(defun eventually (condition)
  "Return the value of CONDITION as soon as it is non-nil, or nil after a minute."
  (let ((end (+ (float-time) 60)) value)
    (while (and (not (setq value (funcall condition))) (< (float-time) end))
      (accept-process-output nil 0.1))
    value))

(setq eglot-sync-connect 60)
(find-file (expand-file-name "agent.log" (getenv "HOME")))
(insert "all well\nhr=0x87D1FDE8, then SyncML(404)\n")
(save-buffer)

;; Eglot starts the server after the command that opens the file; there are no commands in batch mode.
(run-hooks 'post-command-hook)
(check "a log has the mode" (derived-mode-p 'hexplain-log-mode))
(check "the server is attached" (eventually #'eglot-managed-p))
(check "two diagnostics appear" (eventually (lambda () (flymake-start) (= 2 (length (flymake-diagnostics))))))

(goto-char (point-min))
(search-forward "0x87D1")
(let ((hover (jsonrpc-request (eglot-current-server) :textDocument/hover (eglot--TextDocumentPositionParams))))
  (check "hover shows the code in decimal" (string-search "-2016281112" (format "%s" hover))))

(eglot--update-hints-1 (point-min) (point-max))
(check "two hints appear"
       (eventually (lambda ()
                     (= 2 (seq-count (lambda (overlay) (overlay-get overlay 'eglot--inlay-hint))
                                     (overlays-in (point-min) (point-max)))))))

(let* ((actions (eglot-code-actions (point)))
       (copy (seq-find (lambda (action) (equal (plist-get action :title) "Copy the remedy")) actions)))
  (check "an action copies the remedy" copy)
  (eglot-execute (eglot-current-server) copy)
  (check "the remedy is on the kill ring" (eventually (lambda () (> (length (car kill-ring)) 40)))))

(kill-emacs (if (= failed 0) 0 1))
;;; test.el ends here
