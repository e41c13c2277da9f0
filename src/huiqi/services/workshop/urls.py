from django.urls import path

from huiqi.services.workshop import views

urlpatterns = [
    path("workshop", views.index, name="workshop"),
    path("workshop/new", views.new, name="workshop-new"),
    path("workshop/policies/<slug:key>", views.policy, name="workshop-policy"),
    path("workshop/policies/<slug:key>/draft", views.begin, name="workshop-begin"),
    path("workshop/policies/<slug:key>/retire", views.retire, name="workshop-retire"),
    path("workshop/drafts/<int:number>", views.edit, name="workshop-edit"),
    path("workshop/drafts/<int:number>/check", views.check_text, name="workshop-check"),
    path("workshop/drafts/<int:number>/form", views.build, name="workshop-build"),
    path("workshop/drafts/<int:number>/file", views.file, name="workshop-file"),
    path("workshop/drafts/<int:number>/review", views.review, name="workshop-review"),
    path("workshop/drafts/<int:number>/simulate", views.simulate, name="workshop-simulate"),
    path("workshop/drafts/<int:number>/submit", views.submit, name="workshop-submit"),
    path("workshop/drafts/<int:number>/approve", views.approve, name="workshop-approve"),
    path("workshop/drafts/<int:number>/return", views.send_back, name="workshop-return"),
    path("workshop/drafts/<int:number>/discard", views.discard, name="workshop-discard"),
    path("workshop/simulations/<int:number>", views.trial, name="workshop-trial"),
    path("workshop/batches", views.batches, name="batches"),
    path("workshop/batches/run", views.run_batch, name="batch-run"),
    path("workshop/batches/<int:number>", views.batch, name="batch"),
    path("workshop/batches/<int:number>/rows", views.batch_rows, name="batch-rows"),
]
